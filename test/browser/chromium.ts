import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { expect, it } from 'vitest';

const executablePath = '/usr/bin/chromium';
const isThere = existsSync(executablePath);

/** A test in a real browser, which is Debian's package `chromium`. Where that is not, CI fails and others are told. */
export function inChromium(title: string, test: (browser: Browser) => Promise<void>): void {
  if (!isThere && !process.env.CI) {
    it.skip(`${title} (needs ${executablePath}: apt install chromium)`);
    return;
  }
  it(title, async () => {
    expect(isThere, 'apt install chromium').toBe(true);
    const browser = await chromium.launch({
      executablePath,
      // As root, and on a machine without a network.
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
    });
    try {
      await test(browser);
    } finally {
      await browser.close();
    }
  });
}
