/** What a throttle leaves of the rate: beta of RFC 9438, 4.6. */
const KEPT = 0.7;
/** How steeply the rate grows again: C of RFC 9438, 4.1, here in requests per second per second cubed. */
const GROWTH = 0.4;
/** Requests a second that it never goes below. */
const SLOWEST = 0.5;
/** Over how many milliseconds the rate of successes is measured. */
const MEASURED_OVER = 500;
/** How much the latest measurement counts against those before it. */
const SMOOTHING = 0.8;

/**
 * Finds out how many requests a second a server takes, from its refusals alone. Until the first refusal there is no
 * limit. Then the rate is set to 0.7 of what went through, and grows as CUBIC has it (RFC 9438, 4.2):
 *
 *     rate(t) = C * (t - K)^3 + before,  K = cbrt(before * (1 - 0.7) / C)
 *
 * so it is back at the rate `before` the refusal after K seconds, stays near it for a while, and then feels for more,
 * faster and faster. The use of CUBIC for requests a second and its constants are those of the AWS SDKs' adaptive
 * retry mode. Two things differ: refusals of requests that were sent before the last decrease tell of the same event and count
 * once, and while fewer requests come than the rate would allow, it does not grow (RFC 9438, 5.8).
 *
 * All times are milliseconds of one clock.
 */
export class AdaptiveRate {
  #rate = Infinity;
  #before = 0;
  #decreasedAt = -Infinity;
  /** Seconds since the decrease in which the rate was what held requests back. */
  #grown = 0;
  #grownUntil = 0;
  #heldBack = false;
  #next = -Infinity;
  #successes = 0;
  #measuring: number | undefined;
  #measured = 0;

  /** Requests a second; `Infinity` before the first refusal. */
  get perSecond(): number {
    return this.#rate;
  }

  /** When the next request may be sent. */
  due(now: number): number {
    this.#heldBack ||= this.#next > now;
    return Math.max(this.#next, now);
  }

  /** Takes note that a request is sent. One at a time: what comes in bursts is refused where the rate would do. */
  take(now: number): void {
    this.#next = now + 1_000 / this.#rate;
  }

  /** Takes note of a request that was let through. */
  succeeded(now: number): void {
    this.#successes += 1;
    this.#measure(now);
    if (this.#rate === Infinity) {
      return;
    }
    if (this.#heldBack) {
      this.#grown += Math.max(0, now - this.#grownUntil) / 1_000;
      const k = Math.cbrt((this.#before * (1 - KEPT)) / GROWTH);
      this.#rate = Math.max(SLOWEST, GROWTH * (this.#grown - k) ** 3 + this.#before);
    }
    this.#heldBack = false;
    this.#grownUntil = Math.max(now, this.#grownUntil);
  }

  /** Takes note of a refusal: when its request was sent, and until when nothing will be. */
  refused(now: number, sentAt: number, quietUntil: number): void {
    this.#measure(now);
    // While all is quiet the rate holds nothing back.
    this.#grownUntil = Math.max(this.#grownUntil, now, quietUntil);
    if (sentAt < this.#decreasedAt) {
      return;
    }
    this.#before = Math.max(SLOWEST, Math.min(this.#rate, this.#throughput(now)));
    this.#decreasedAt = now;
    this.#grown = 0;
    this.#rate = Math.max(SLOWEST, this.#before * KEPT);
  }

  #measure(now: number): void {
    this.#measuring ??= now;
    const elapsed = now - this.#measuring;
    if (elapsed >= MEASURED_OVER) {
      const latest = this.#successes / (elapsed / 1_000);
      this.#measured = SMOOTHING * latest + (1 - SMOOTHING) * this.#measured;
      this.#successes = 0;
      this.#measuring = now;
    }
  }

  /** Successes a second lately: at the very beginning, of what there was. */
  #throughput(now: number): number {
    const elapsed = Math.max(MEASURED_OVER, now - (this.#measuring ?? now)) / 1_000;
    return Math.max(this.#measured, this.#successes / elapsed);
  }
}
