import { z } from 'zod';
import { parserLanguage } from './parserLanguage.ts';
import { webhookConfiguration } from './webhooks.ts';

const flag = z.boolean().nullish();
const text = z.string().nullish();
const amount = z.number().nullish();
const facts = z.record(z.string(), z.unknown()).nullish();

const parsingModes = [
  'parse_page_without_llm',
  'parse_page_with_llm',
  'parse_page_with_lvm',
  'parse_page_with_agent',
  'parse_page_with_layout_agent',
  'parse_document_with_llm',
  'parse_document_with_lvm',
  'parse_document_with_agent',
] as const;

/** How the files of a batch are parsed. `jobs/parseSettings.ts` says what is honoured here. */
export const parseParameters = z
  .object({
    // How hard to look
    parse_mode: z.enum(parsingModes).nullish(),
    tier: text,
    version: text,
    preset: text,
    model: text,
    fast_mode: flag,
    premium_mode: flag,
    continuous_mode: flag,
    enable_cost_optimizer: flag,
    auto_mode: flag,
    auto_mode_trigger_on_image_in_page: flag,
    auto_mode_trigger_on_table_in_page: flag,
    auto_mode_trigger_on_text_in_page: text,
    auto_mode_trigger_on_regexp_in_page: text,
    auto_mode_configuration_json: text,

    // Models of your own
    use_vendor_multimodal_model: flag,
    vendor_multimodal_model_name: text,
    vendor_multimodal_api_key: text,
    gpt4o_mode: flag,
    gpt4o_api_key: text,
    azure_openai_deployment_name: text,
    azure_openai_endpoint: text,
    azure_openai_api_version: text,
    azure_openai_key: text,

    // What to tell the model
    system_prompt: text,
    system_prompt_append: text,
    user_prompt: text,
    parsing_instruction: text,
    content_guideline_instruction: text,
    formatting_instruction: text,
    complemental_formatting_instruction: text,
    is_formatting_instruction: flag,

    // Where the document is
    input_url: text,
    http_proxy: text,
    input_s3_path: text,
    input_s3_region: text,

    // What to read of it
    languages: z.array(parserLanguage).min(1).optional(),
    lang: z.string().optional(),
    target_pages: text,
    max_pages: amount,
    max_pages_enforced: amount,
    bounding_box: text,
    bbox_top: amount,
    bbox_right: amount,
    bbox_bottom: amount,
    bbox_left: amount,
    disable_ocr: flag,
    high_res_ocr: flag,
    disable_image_extraction: flag,
    skip_diagonal_text: flag,
    remove_hidden_text: flag,
    preserve_very_small_text: flag,
    do_not_unroll_columns: flag,
    disable_reconstruction: flag,
    annotate_links: flag,
    html_make_all_elements_visible: flag,
    html_remove_fixed_elements: flag,
    html_remove_navigation_elements: flag,
    presentation_out_of_bounds_content: flag,
    presentation_skip_embedded_data: flag,
    spreadsheet_extract_sub_tables: flag,
    spreadsheet_force_formula_computation: flag,
    spreadsheet_include_hidden_sheets: flag,
    guess_xlsx_sheet_name: flag,

    // Layout, tables and pictures
    extract_layout: flag,
    layout_aware: flag,
    ignore_document_elements_for_layout_detection: flag,
    line_level_bounding_box: flag,
    precise_bounding_box: flag,
    preserve_layout_alignment_across_pages: flag,
    aggressive_table_extraction: flag,
    outlined_table_extraction: flag,
    adaptive_long_table: flag,
    merge_tables_across_pages_in_markdown: flag,
    keep_page_separator_when_merging_tables: flag,
    output_tables_as_HTML: flag,
    compact_markdown_table: flag,
    markdown_table_multiline_header_separator: text,
    extract_charts: flag,
    specialized_chart_parsing_efficient: flag,
    specialized_chart_parsing_plus: flag,
    specialized_chart_parsing_agentic: flag,
    specialized_image_parsing: flag,
    take_screenshot: flag,
    save_images: flag,
    images_to_save: z.array(z.enum(['screenshot', 'embedded', 'layout'])).nullish(),
    inline_images_in_markdown: flag,
    internal_is_screenshot_job: flag,

    // What to write
    structured_output: flag,
    structured_output_json_schema: text,
    structured_output_json_schema_name: text,
    page_separator: text,
    page_prefix: text,
    page_suffix: text,
    hide_headers: flag,
    hide_footers: flag,
    page_header_prefix: text,
    page_header_suffix: text,
    page_footer_prefix: text,
    page_footer_suffix: text,
    extract_printed_page_number: flag,
    output_pdf_of_document: flag,
    output_s3_path_prefix: text,
    output_s3_region: text,
    outputBucket: text,

    // When something goes wrong
    page_error_tolerance: amount,
    replace_failed_page_mode: z.enum(['raw_text', 'blank_page', 'error_message']).nullish(),
    replace_failed_page_with_error_message_prefix: text,
    replace_failed_page_with_error_message_suffix: text,
    strict_mode_image_extraction: flag,
    strict_mode_image_ocr: flag,
    strict_mode_reconstruction: flag,
    strict_mode_buggy_font: flag,
    job_timeout_in_seconds: amount,
    job_timeout_extra_time_per_page_in_seconds: amount,

    // The job itself
    type: z.literal('parse').optional(),
    priority: z.enum(['low', 'medium', 'high', 'critical']).nullish(),
    do_not_cache: flag,
    invalidate_cache: flag,
    project_id: text,
    pipeline_id: text,
    custom_metadata: facts,
    resource_info: facts,
    webhook_url: text,
    webhook_configurations: z.array(webhookConfiguration).nullish(),
  })
  .meta({ id: 'ParseParameters' });
