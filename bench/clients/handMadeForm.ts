/** What stands before and after a file in a form, by hand (RFC 7578). */
export const handMadeForm: {
  readonly contentType: string;
  readonly head: Buffer;
  readonly tail: Buffer;
} = {
  contentType: 'multipart/form-data; boundary=bench',
  head: Buffer.from(
    '--bench\r\ncontent-disposition: form-data; name="upload_file"; filename="report.bin"\r\n' +
      'content-type: application/octet-stream\r\n\r\n',
  ),
  tail: Buffer.from('\r\n--bench--\r\n'),
};
