/** One attempt of one call: what events and errors name it by. */
export interface Attempt {
  /** The call's number on its connection, from 1 on: the same for all attempts of a call. */
  readonly request: number;
  /** Which attempt of the call it is, from 1 on. */
  readonly attempt: number;
  /** Method and route template, such as `GET /api/v1/indexes/{index_id}`; no ids and no query. */
  readonly route: string;
}

/** An attempt stands in the line. */
export interface QueuedActivity extends Attempt {
  readonly type: 'queued';
}

/** An attempt has left the line for the wire. */
export interface SentActivity extends Attempt {
  readonly type: 'sent';
  /** Milliseconds it stood in the line. */
  readonly ms: number;
}

/** The headers of an answer are there. */
export interface AnsweredActivity extends Attempt {
  readonly type: 'answered';
  readonly status: number;
  /** Milliseconds since it was sent. */
  readonly ms: number;
}

/** An answer is there whole, whatever its status. */
export interface ReceivedActivity extends Attempt {
  readonly type: 'received';
  readonly status: number;
  /** Milliseconds since it was sent. */
  readonly ms: number;
  /** The body's size as it came over the wire. */
  readonly bytes: number;
}

/** An attempt brought no whole answer. */
export interface LostActivity extends Attempt {
  readonly type: 'lost';
  /** The error's `kind`, such as `closed`. */
  readonly reason: string;
  /** Milliseconds since it was sent; 0 when it never was. */
  readonly ms: number;
}

/** An attempt was unsubscribed, `timeouts.total` was over, or all that is of interest had come. */
export interface CancelledActivity extends Attempt {
  readonly type: 'cancelled';
  /** Milliseconds since it was sent; 0 when it never was. */
  readonly ms: number;
}

/** A call failed and is tried again after a wait. */
export interface RetryingActivity extends Attempt {
  readonly type: 'retrying';
  /** The status of the answer, or the `kind` of the error. */
  readonly reason: string;
  /** The wait in milliseconds before the request stands in the line again. */
  readonly waitMs: number;
}

/** A call failed, and its subscriber was given the error. */
export interface FailedActivity extends Attempt {
  readonly type: 'failed';
  /** The status of the answer, or the `kind` of the error. */
  readonly reason: string;
}

/** What watches has asked in vain, and waits for the failure to pass: see `patience` of `WatchConfig`. */
export interface WaitingActivity {
  readonly type: 'waiting';
  /** Method and route template of the question that failed. */
  readonly route: string | undefined;
  /** The status of the answer, or the `kind` of the error. */
  readonly reason: string;
  /** Milliseconds until the question is asked again. */
  readonly waitMs: number;
  /** Milliseconds until patience is over; `Infinity` where it has no end. */
  readonly leftMs: number;
}

/** The server asked for silence: nothing more is sent for a while. One event for each such answer. */
export interface ThrottledActivity extends Attempt {
  readonly type: 'throttled';
  readonly status: number;
  /** Milliseconds from now until the line moves again. */
  readonly waitMs: number;
}

/** The silence is over, and the line moves again. Comes with the first request after it. */
export interface ResumedActivity {
  readonly type: 'resumed';
}

/** A refusal has lowered the rate that requests are sent at: see `adaptiveRate` of `ConnectionConfig`. */
export interface RateActivity {
  readonly type: 'rate';
  /** Requests a second, from which it grows again. */
  readonly perSecond: number;
}

/** The line has grown or shrunk. At most one event for each turn of microtasks. */
export interface LineActivity {
  readonly type: 'line';
  /** Requests that wait to be sent. */
  readonly queued: number;
  /** Requests that hold a place: under way, event streams only until their headers are there. */
  readonly active: number;
}

/** What happens on a connection: see `activity`. */
export type ActivityEvent =
  | QueuedActivity
  | SentActivity
  | AnsweredActivity
  | ReceivedActivity
  | LostActivity
  | CancelledActivity
  | RetryingActivity
  | FailedActivity
  | WaitingActivity
  | ThrottledActivity
  | ResumedActivity
  | RateActivity
  | LineActivity;
