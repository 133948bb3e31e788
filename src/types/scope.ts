/** Which project and organization a call works in. What is left out comes from the connection. */
export interface Scope {
  /** The project's id. `null` sends none, even if the connection names one. */
  readonly project_id?: string | null | undefined;
  /** The organization's id. `null` sends none, even if the connection names one. */
  readonly organization_id?: string | null | undefined;
}
