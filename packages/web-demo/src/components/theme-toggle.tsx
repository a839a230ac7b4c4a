import { Moon, Sun } from 'lucide-react';
import { useTheme } from '../lib/theme.ts';
import { Button } from './button.tsx';

/** Switches between light and dark. */
export function ThemeToggle() {
  const { theme, toggle } = useTheme();
  const other = theme === 'dark' ? 'light' : 'dark';
  const Icon = other === 'dark' ? Moon : Sun;
  return (
    <Button look="quiet" onClick={toggle} aria-label={`Switch to the ${other} theme`} className="size-9">
      <Icon aria-hidden className="size-5" />
    </Button>
  );
}
