import type { PageQuery } from './page.ts';
import type { Scope } from './scope.ts';

/** How an index's last build went. Only `status` can be relied on; the service adds fields. */
export interface IndexMetadata {
  /** `ready` when it can be searched, `failed` when the build broke off; else it is built. */
  readonly status?: string;
  readonly [field: string]: unknown;
}

/** A searchable copy of a directory. */
export interface Index {
  /** The index's id. */
  readonly id: string;
  /** The project it belongs to. */
  readonly project_id: string;
  /** What people call it. */
  readonly name: string;
  /** What it is for. */
  readonly description?: string | null;
  /** The directory it is built from. */
  readonly source_directory_id: string;
  /** The settings that files are parsed by. */
  readonly sync_config_id: string;
  /** The settings that chunks are exported by. Retrieval takes it in the place of `id`. */
  readonly export_config_id: string;
  /** When files were last compared with the directory, ISO 8601. */
  readonly last_synced_at?: string | null;
  /** When chunks were last written, ISO 8601. */
  readonly last_exported_at?: string | null;
  /** How the last build went. */
  readonly metadata?: IndexMetadata;
  /** When the index was made, ISO 8601. */
  readonly created_at?: string | null;
  /** When the index last changed, ISO 8601. */
  readonly updated_at?: string | null;
}

/** Which indexes to list. */
export interface ListIndexesQuery extends Scope, PageQuery {
  /** Only indexes of this directory. */
  readonly source_directory_id?: string | null | undefined;
}

/** One product that prepares an index's files. */
export interface IndexProduct {
  /** What it does. */
  readonly product_type: 'parse' | 'extract';
  /** The id of its saved settings. */
  readonly product_config_id: string;
}

/** An index to create. */
export interface CreateIndexBody {
  /** The directory to build it from. */
  readonly source_directory_id: string;
  /** What it is for. */
  readonly description?: string | null | undefined;
  /** How files are prepared, one entry for each product. Parsed with defaults if left out. */
  readonly products?: readonly IndexProduct[] | null | undefined;
}
