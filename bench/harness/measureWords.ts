import type { Measure, MeasureName } from './question.ts';
import { withArticle } from './withArticle.ts';

/** A measure's name, and its unit with the blank before it. A figure has its unit in its title: `first event, ms`. */
export function measureWords(
  measure: MeasureName,
  unit: string,
): readonly [title: string, unit: string] {
  const own: Readonly<Record<Measure, readonly [string, string]>> = {
    wall: ['time', ' ms'],
    cpu: ['CPU time', ' ms'],
    'wall a unit': [`time ${withArticle(unit)}`, ' µs'],
    'cpu a unit': [`CPU time ${withArticle(unit)}`, ' µs'],
    speed: ['speed', ` ${unit}s/s`],
    memory: ['peak memory', ' MB'],
    requests: ['requests', ''],
    'server cpu': ["the server's CPU time", ' ms'],
  };
  const [title = '', inUnit] = measure.split(', ');
  return Object.hasOwn(own, measure)
    ? own[measure as Measure]
    : [title, inUnit === undefined ? '' : ` ${inUnit}`];
}
