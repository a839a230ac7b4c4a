import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { CodeBlock } from './code-block.tsx';
import { Notice } from './notice.tsx';

interface Props {
  readonly title: string;
  readonly label: string;
  readonly secret: string;
  readonly children?: ReactNode;
  readonly onDone: () => void;
}

/** A secret that the server shows only now. */
export function SecretOnce({ title, label, secret, children, onDone }: Props) {
  return (
    <Notice tone="warning" title={title}>
      <div className="mt-2 space-y-3 text-sm">
        <p>Copy it now: it is not stored, and nobody can show it again.</p>
        <CodeBlock label={label} code={secret} />
        {children}
        <Button onClick={onDone}>I have copied it</Button>
      </div>
    </Notice>
  );
}
