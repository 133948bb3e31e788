/** What the screenshot of a page, 1-based, is called among the attachments of its file. */
export function screenshotName(page: number): string {
  // The service has .jpg; these are what their name says.
  return `screenshots/page_${page}.png`;
}

/** The page that a screenshot of this name shows; `undefined` for any other name. */
export function screenshotPage(name: string): number | undefined {
  const page = /^screenshots\/page_([1-9]\d{0,6})\.png$/.exec(name)?.[1];
  return page === undefined ? undefined : Number(page);
}
