import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

const tones = {
  error: { look: 'bg-danger-soft border-danger-line', text: 'text-danger', Icon: CircleAlert },
  warning: { look: 'bg-warning-soft border-line', text: 'text-warning', Icon: TriangleAlert },
  info: { look: 'bg-sunken border-line', text: 'text-muted', Icon: Info },
} as const;

interface Props {
  readonly tone: keyof typeof tones;
  readonly title: string;
  readonly children?: ReactNode;
}

/** A message in place. Errors and warnings are read out at once. */
export function Notice({ tone, title, children }: Props) {
  const { look, text, Icon } = tones[tone];
  return (
    <div
      role={tone === 'info' ? 'status' : 'alert'}
      className={`flex animate-appear gap-3 rounded-lg border p-3.5 ${look}`}
    >
      <Icon aria-hidden className={`mt-0.5 size-5 shrink-0 ${text}`} />
      <div className="min-w-0 wrap-anywhere">
        <p className={`font-medium ${text}`}>{title}</p>
        {children}
      </div>
    </div>
  );
}
