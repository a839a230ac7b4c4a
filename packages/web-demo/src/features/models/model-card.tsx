import { Markdown, type MarkdownToJSX } from 'markdown-to-jsx';

// a card starts with its own h1, but stands below the page's h1 and the model's h2
const headings = { h1: 'h3', h2: 'h4', h3: 'h5', h4: 'h6', h5: 'h6', h6: 'h6' } as const;

const options: MarkdownToJSX.Options = {
  // HTML in a card is shown as text and never run
  disableParsingRawHTML: true,
  forceBlock: true,
  overrides: headings,
};

/** A model card, from Markdown. */
export function ModelCard({ markdown }: { markdown: string }) {
  return (
    <Markdown options={options} className="prose">
      {markdown}
    </Markdown>
  );
}
