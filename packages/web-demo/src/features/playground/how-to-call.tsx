import type { ModelDetail } from '@oriel/schemas';
import { CodeBlock } from '../../components/code-block.tsx';
import { Panel } from '../../components/panel.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { toCall, toCurl, toTypeScript } from './call-snippets.ts';
import type { ReadInput } from './use-input-form.ts';

/** The same request as code, kept in step with the form. */
export function HowToCall({ model, read }: { model: ModelDetail; read: ReadInput }) {
  // a form that cannot be sent shows how a call would look with an example
  const input = read.ok ? read.input : model.contract.examples[0]?.input;
  const call = toCall(model, window.location.origin, input);
  return (
    <Panel
      title="Call it from code"
      aside={
        <a href="/docs" className="text-sm text-accent underline">
          API reference
        </a>
      }
    >
      <Tabs
        label="Language"
        tabs={[
          {
            id: 'typescript',
            title: 'TypeScript',
            content: <CodeBlock label="TypeScript" code={toTypeScript(call)} />,
          },
          { id: 'curl', title: 'curl', content: <CodeBlock label="curl" code={toCurl(call)} /> },
        ]}
      />
    </Panel>
  );
}
