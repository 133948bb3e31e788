import type { ParserLanguage } from './parserLanguages.ts';
import type { WebhookConfiguration } from './webhooks.ts';

/** What reads a document: nothing but code, a language model, a vision model, or an agent. */
export type ParsingMode =
  | 'parse_page_without_llm'
  | 'parse_page_with_llm'
  | 'parse_page_with_lvm'
  | 'parse_page_with_agent'
  | 'parse_page_with_layout_agent'
  | 'parse_document_with_llm'
  | 'parse_document_with_lvm'
  | 'parse_document_with_agent';

/** What stands in for a page that failed: what text was found, nothing, or a message. */
export type FailPageMode = 'raw_text' | 'blank_page' | 'error_message';

/** How to parse the files of a batch. The service decides on what is left out. */
export interface ParseParameters {
  // How hard to look
  /** What reads: a page or the whole document at a time, with which kind of model. */
  readonly parse_mode?: ParsingMode | null | undefined;
  /** A ready-made choice of mode and model: `fast`, `cost_effective`, `agentic`, `agentic_plus`. */
  readonly tier?: string | null | undefined;
  /** The version of the tier; `latest` follows the service. */
  readonly version?: string | null | undefined;
  /** A ready-made set of parameters for one kind of document, by name. */
  readonly preset?: string | null | undefined;
  /** The model that reads, where the mode uses one. */
  readonly model?: string | null | undefined;
  /** Text only, without OCR and layout: the quickest. */
  readonly fast_mode?: boolean | null | undefined;
  /** The most thorough of the older modes. */
  readonly premium_mode?: boolean | null | undefined;
  /** Reads a document in one go, so that tables over several pages stay together. */
  readonly continuous_mode?: boolean | null | undefined;
  /** Sends plain pages to cheaper methods. */
  readonly enable_cost_optimizer?: boolean | null | undefined;
  /** Starts cheap, and reads again with more effort the pages that a trigger below picks. */
  readonly auto_mode?: boolean | null | undefined;
  /** Picks pages with an image. */
  readonly auto_mode_trigger_on_image_in_page?: boolean | null | undefined;
  /** Picks pages with a table. */
  readonly auto_mode_trigger_on_table_in_page?: boolean | null | undefined;
  /** Picks pages with this text. */
  readonly auto_mode_trigger_on_text_in_page?: string | null | undefined;
  /** Picks pages whose text matches this regular expression. */
  readonly auto_mode_trigger_on_regexp_in_page?: string | null | undefined;
  /** Finer triggers, each with parameters of its own, as JSON text. */
  readonly auto_mode_configuration_json?: string | null | undefined;

  // Models of your own
  /** Has the pages read by a vision model of another vendor. */
  readonly use_vendor_multimodal_model?: boolean | null | undefined;
  /** Which one. */
  readonly vendor_multimodal_model_name?: string | null | undefined;
  /** The key to use it with. */
  readonly vendor_multimodal_api_key?: string | null | undefined;
  /** Older form of the three before, for GPT-4o. */
  readonly gpt4o_mode?: boolean | null | undefined;
  /** The key for it. */
  readonly gpt4o_api_key?: string | null | undefined;
  /** The deployment on Azure to use instead. */
  readonly azure_openai_deployment_name?: string | null | undefined;
  /** Where that deployment is. */
  readonly azure_openai_endpoint?: string | null | undefined;
  /** The version of its API. */
  readonly azure_openai_api_version?: string | null | undefined;
  /** The key for it. */
  readonly azure_openai_key?: string | null | undefined;

  // What to tell the model
  /** Takes the place of the instructions that the model is given. */
  readonly system_prompt?: string | null | undefined;
  /** Goes after the instructions that the model is given. */
  readonly system_prompt_append?: string | null | undefined;
  /** Takes the place of the question that goes with each page. */
  readonly user_prompt?: string | null | undefined;
  /** Older form of the prompts: what to heed, in plain words. */
  readonly parsing_instruction?: string | null | undefined;
  /** Older form: what to do with the content. */
  readonly content_guideline_instruction?: string | null | undefined;
  /** Older form: how to write the output. */
  readonly formatting_instruction?: string | null | undefined;
  /** Older form: more on how to write the output. */
  readonly complemental_formatting_instruction?: string | null | undefined;
  /** Whether `parsing_instruction` is about the form and not the content. */
  readonly is_formatting_instruction?: boolean | null | undefined;

  // Where the document is
  /** Fetches the document from this address. */
  readonly input_url?: string | null | undefined;
  /** The proxy to fetch it through. */
  readonly http_proxy?: string | null | undefined;
  /** Takes the document from this `s3://` path. */
  readonly input_s3_path?: string | null | undefined;
  /** The region of its bucket. */
  readonly input_s3_region?: string | null | undefined;

  // What to read of it
  /** The languages of text in images, at least one. */
  readonly languages?: readonly ParserLanguage[] | undefined;
  /** Older form of `languages`, for one language. */
  readonly lang?: string | undefined;
  /** The pages to read, 0-based: `0,2-5`. */
  readonly target_pages?: string | null | undefined;
  /** Reads this many pages at most. */
  readonly max_pages?: number | null | undefined;
  /** Refuses documents with more pages. */
  readonly max_pages_enforced?: number | null | undefined;
  /** Margins to ignore, as fractions of the page: `top,right,bottom,left`. */
  readonly bounding_box?: string | null | undefined;
  /** The top margin to ignore, 0 to 1. */
  readonly bbox_top?: number | null | undefined;
  /** The right margin to ignore, 0 to 1. */
  readonly bbox_right?: number | null | undefined;
  /** The bottom margin to ignore, 0 to 1. */
  readonly bbox_bottom?: number | null | undefined;
  /** The left margin to ignore, 0 to 1. */
  readonly bbox_left?: number | null | undefined;
  /** Leaves text in images alone. @defaultValue `false` */
  readonly disable_ocr?: boolean | null | undefined;
  /** Reads small text in images, at the price of time. */
  readonly high_res_ocr?: boolean | null | undefined;
  /** Leaves embedded images alone. */
  readonly disable_image_extraction?: boolean | null | undefined;
  /** Leaves out text that is not level, such as watermarks. */
  readonly skip_diagonal_text?: boolean | null | undefined;
  /** Leaves out text that cannot be seen. */
  readonly remove_hidden_text?: boolean | null | undefined;
  /** Keeps text too small for OCR, as in technical drawings. */
  readonly preserve_very_small_text?: boolean | null | undefined;
  /** Keeps columns side by side instead of in reading order. */
  readonly do_not_unroll_columns?: boolean | null | undefined;
  /** Does not mend broken text. */
  readonly disable_reconstruction?: boolean | null | undefined;
  /** Writes the address of each link after its text. @defaultValue `false` */
  readonly annotate_links?: boolean | null | undefined;
  /** HTML: reads what is hidden, too. */
  readonly html_make_all_elements_visible?: boolean | null | undefined;
  /** HTML: leaves out what does not scroll. */
  readonly html_remove_fixed_elements?: boolean | null | undefined;
  /** HTML: leaves out menus. */
  readonly html_remove_navigation_elements?: boolean | null | undefined;
  /** Slides: reads what lies beside the slide, too. */
  readonly presentation_out_of_bounds_content?: boolean | null | undefined;
  /** Slides: leaves out the data behind charts. */
  readonly presentation_skip_embedded_data?: boolean | null | undefined;
  /** Sheets: takes the tables of one sheet apart. */
  readonly spreadsheet_extract_sub_tables?: boolean | null | undefined;
  /** Sheets: computes formulas anew instead of using stored values. Slow. */
  readonly spreadsheet_force_formula_computation?: boolean | null | undefined;
  /** Sheets: reads hidden sheets, too. */
  readonly spreadsheet_include_hidden_sheets?: boolean | null | undefined;
  /** Sheets: makes up names for sheets without a telling one. */
  readonly guess_xlsx_sheet_name?: boolean | null | undefined;

  // Layout, tables and pictures
  /** Says what each part of a page is, and where. */
  readonly extract_layout?: boolean | null | undefined;
  /** Reads each part of a page by itself. */
  readonly layout_aware?: boolean | null | undefined;
  /** Finds the parts by looks alone, not by the structure of the file. */
  readonly ignore_document_elements_for_layout_detection?: boolean | null | undefined;
  /** Says where each line is. */
  readonly line_level_bounding_box?: boolean | null | undefined;
  /** Says it more exactly, at the price of time. */
  readonly precise_bounding_box?: boolean | null | undefined;
  /** Keeps columns of text aligned from page to page. */
  readonly preserve_layout_alignment_across_pages?: boolean | null | undefined;
  /** Looks for tables where they are not obvious. May find too many. */
  readonly aggressive_table_extraction?: boolean | null | undefined;
  /** Takes ruled areas for tables. */
  readonly outlined_table_extraction?: boolean | null | undefined;
  /** Finds long tables and reads them in a way of their own. @defaultValue `false` */
  readonly adaptive_long_table?: boolean | null | undefined;
  /** Joins the parts of a table that runs over several pages. */
  readonly merge_tables_across_pages_in_markdown?: boolean | null | undefined;
  /** Keeps the mark between pages within such a table. */
  readonly keep_page_separator_when_merging_tables?: boolean | null | undefined;
  /** Writes tables as HTML, which can express merged cells. */
  readonly output_tables_as_HTML?: boolean | null | undefined;
  /** Writes tables without padding. */
  readonly compact_markdown_table?: boolean | null | undefined;
  /** What joins the lines of a table heading. */
  readonly markdown_table_multiline_header_separator?: string | null | undefined;
  /** Reads the figures off charts. */
  readonly extract_charts?: boolean | null | undefined;
  /** Reads charts in a way of their own, the cheapest of three. */
  readonly specialized_chart_parsing_efficient?: boolean | null | undefined;
  /** The middle one of the three. */
  readonly specialized_chart_parsing_plus?: boolean | null | undefined;
  /** The most thorough of the three. */
  readonly specialized_chart_parsing_agentic?: boolean | null | undefined;
  /** Reads images in a way of their own. */
  readonly specialized_image_parsing?: boolean | null | undefined;
  /** Makes a picture of each page. */
  readonly take_screenshot?: boolean | null | undefined;
  /** Keeps the pictures that were found. */
  readonly save_images?: boolean | null | undefined;
  /** Which pictures to keep. */
  readonly images_to_save?: readonly ('screenshot' | 'embedded' | 'layout')[] | null | undefined;
  /** Puts the pictures into the Markdown. */
  readonly inline_images_in_markdown?: boolean | null | undefined;
  /** Set by the service itself for jobs that only make pictures. */
  readonly internal_is_screenshot_job?: boolean | null | undefined;

  // What to write
  /** Writes JSON by a schema instead of text. */
  readonly structured_output?: boolean | null | undefined;
  /** That schema, as JSON text. */
  readonly structured_output_json_schema?: string | null | undefined;
  /** Or the name of one that the service knows. */
  readonly structured_output_json_schema_name?: string | null | undefined;
  /** Goes between pages. `{pageNumber}` stands for the number of the next. */
  readonly page_separator?: string | null | undefined;
  /** Goes before each page. `{pageNumber}` stands for its number. */
  readonly page_prefix?: string | null | undefined;
  /** Goes after each page. `{pageNumber}` stands for its number. */
  readonly page_suffix?: string | null | undefined;
  /** Leaves page headers out. */
  readonly hide_headers?: boolean | null | undefined;
  /** Leaves page footers out. */
  readonly hide_footers?: boolean | null | undefined;
  /** Goes before each page header. */
  readonly page_header_prefix?: string | null | undefined;
  /** Goes after each page header. */
  readonly page_header_suffix?: string | null | undefined;
  /** Goes before each page footer. */
  readonly page_footer_prefix?: string | null | undefined;
  /** Goes after each page footer. */
  readonly page_footer_suffix?: string | null | undefined;
  /** Says which number is printed on each page. */
  readonly extract_printed_page_number?: boolean | null | undefined;
  /** Keeps a PDF of the document. */
  readonly output_pdf_of_document?: boolean | null | undefined;
  /** Writes the output there, an `s3://` path. */
  readonly output_s3_path_prefix?: string | null | undefined;
  /** The region of that bucket. */
  readonly output_s3_region?: string | null | undefined;
  /** The bucket for output on installations of your own. */
  readonly outputBucket?: string | null | undefined;

  // When something goes wrong
  /** The share of pages that may fail before the job does, 0 to 1. */
  readonly page_error_tolerance?: number | null | undefined;
  /** What is written in the place of a page that failed. */
  readonly replace_failed_page_mode?: FailPageMode | null | undefined;
  /** Goes before such an error message. */
  readonly replace_failed_page_with_error_message_prefix?: string | null | undefined;
  /** Goes after such an error message. */
  readonly replace_failed_page_with_error_message_suffix?: string | null | undefined;
  /** Fails when an image cannot be taken out. */
  readonly strict_mode_image_extraction?: boolean | null | undefined;
  /** Fails when an image cannot be read. */
  readonly strict_mode_image_ocr?: boolean | null | undefined;
  /** Fails when text cannot be mended. */
  readonly strict_mode_reconstruction?: boolean | null | undefined;
  /** Fails when a font cannot be read. */
  readonly strict_mode_buggy_font?: boolean | null | undefined;
  /** How long the job may take, in seconds. */
  readonly job_timeout_in_seconds?: number | null | undefined;
  /** How much longer for each page, in seconds. */
  readonly job_timeout_extra_time_per_page_in_seconds?: number | null | undefined;

  // The job itself
  /** Tells these parameters from those of other products. */
  readonly type?: 'parse' | undefined;
  /** What goes first. The plan may override it. */
  readonly priority?: 'low' | 'medium' | 'high' | 'critical' | null | undefined;
  /** Keeps the result out of the cache. */
  readonly do_not_cache?: boolean | null | undefined;
  /** Parses again even if the result is in the cache. */
  readonly invalidate_cache?: boolean | null | undefined;
  /** The project that the job belongs to. */
  readonly project_id?: string | null | undefined;
  /** The pipeline that the job belongs to. */
  readonly pipeline_id?: string | null | undefined;
  /** Attached to the documents that come out. */
  readonly custom_metadata?: Readonly<Record<string, unknown>> | null | undefined;
  /** What the system that the file comes from knows about it. */
  readonly resource_info?: Readonly<Record<string, unknown>> | null | undefined;
  /** An address to call when the job ends. */
  readonly webhook_url?: string | null | undefined;
  /** Addresses that are told of changes of the job. */
  readonly webhook_configurations?: readonly WebhookConfiguration[] | null | undefined;
}
