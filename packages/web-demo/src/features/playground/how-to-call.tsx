import type { ModelDetail } from '@oriel/schemas';
import { CodeBlock } from '../../components/code-block.tsx';
import { Panel } from '../../components/panel.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { useUser } from '../../lib/session.ts';
import { keyVariable, toCall, toCurl, toTypeScript } from './call-snippets.ts';
import type { ReadInput } from './use-input-form.ts';

/** The same request as code, kept in step with the form; with a key for those who can have one. */
export function HowToCall({ model, read }: { model: ModelDetail; read: ReadInput }) {
  // a form that cannot be sent shows how a call would look with an example
  const input = read.ok ? read.input : model.contract.examples[0]?.input;
  const hasKey = useUser() !== null;
  const call = toCall(model, { origin: window.location.origin, input, hasKey });
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
      {hasKey && (
        <p className="mt-3 text-sm text-muted">
          <code className="font-mono text-xs">{keyVariable}</code> holds an API key, which you make on{' '}
          <a href="#/account" className="text-accent underline">
            your account page
          </a>
          .
        </p>
      )}
    </Panel>
  );
}
