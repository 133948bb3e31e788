/** Where a sheets or classify job stands. All but `PENDING` are final. */
export type JobStatus = 'PENDING' | 'SUCCESS' | 'ERROR' | 'PARTIAL_SUCCESS' | 'CANCELLED';
