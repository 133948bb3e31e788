/** A link that gives access to one private file, without credentials, for a while. */
export interface PresignedUrl {
  /** Where to fetch the file. Whoever has it can read the file. */
  readonly url: string;
  /** When the link stops working, ISO 8601. */
  readonly expires_at: string;
  /** Form fields to send along, for a link that takes a POST. Absent or `null` for one to read. */
  readonly form_fields?: Readonly<Record<string, string>> | null;
}
