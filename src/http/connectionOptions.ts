import { kindOf, shown } from '../checks/shown.ts';
import type { ConnectionConfig, Timeouts } from './connectionConfig.ts';
import type { PresignedConfig } from './linkPolicy.ts';
import type { RetryConfig } from './retryPolicy.ts';

type Names<T> = Readonly<Record<keyof T, true>>;

/** All options there are, so that a misspelt one is not passed over. */
const options: Names<ConnectionConfig> = {
  token: true,
  session: true,
  headers: true,
  baseUrl: true,
  region: true,
  projectId: true,
  organizationId: true,
  concurrency: true,
  timeouts: true,
  retry: true,
  adaptiveRate: true,
  maxResponseBytes: true,
  reviver: true,
  presigned: true,
  dispatcher: true,
  scheduler: true,
};
const timeouts: Names<Timeouts> = { connect: true, headers: true, bodyGap: true, total: true };
const retry: Names<RetryConfig> = { attempts: true, maxDelay: true };
const presigned: Names<PresignedConfig> = { hosts: true, publicOnly: true };

/**
 * Looks at what kind of value each option has, before it is used. Figures are looked at where they are used.
 *
 * @throws TypeError for an option that there is not or that is of another kind; no text is repeated that may be a secret.
 */
export function checkOptions(config: ConnectionConfig): void {
  checkNames('', config, options);
  checkNames('timeouts', config.timeouts, timeouts);
  if (typeof config.retry !== 'function') {
    checkNames('retry', config.retry, retry);
  }
  checkNames('presigned', config.presigned, presigned);
  checkKind('projectId', config.projectId, 'string');
  checkKind('organizationId', config.organizationId, 'string');
  checkKind('adaptiveRate', config.adaptiveRate, 'boolean');
  checkKind('presigned.publicOnly', config.presigned?.publicOnly, 'boolean');
  const { hosts } = config.presigned ?? {};
  if (hosts !== undefined && !(Array.isArray(hosts) && hosts.every(isText))) {
    throw new TypeError(`connect: presigned.hosts must be an array of texts, got ${kindOf(hosts)}`);
  }
  const scheduler: unknown = config.scheduler;
  if (scheduler !== undefined && !isScheduler(scheduler)) {
    throw new TypeError(`connect: scheduler must be one of rxjs, got ${kindOf(scheduler)}`);
  }
}

function checkNames(option: string, value: unknown, names: Readonly<Record<string, true>>): void {
  if (value === undefined) {
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const what = option === '' ? 'the config' : option;
    throw new TypeError(`connect: ${what} must be an object of options, got ${kindOf(value)}`);
  }
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(names, name));
  if (unknown !== undefined) {
    const what = option === '' ? '' : ` of ${option}`;
    throw new TypeError(
      `connect: there is no option ${shown(unknown)}${what}. There are ${Object.keys(names).join(', ')}`,
    );
  }
}

function checkKind(option: string, value: unknown, kind: 'string' | 'boolean'): void {
  if (value !== undefined && typeof value !== kind) {
    const what = kind === 'string' ? 'a text' : 'true or false';
    throw new TypeError(`connect: ${option} must be ${what}, got ${kindOf(value)}`);
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isScheduler(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'schedule' in value &&
    typeof value.schedule === 'function' &&
    'now' in value &&
    typeof value.now === 'function'
  );
}
