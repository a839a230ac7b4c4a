import type { ComponentProps } from 'react';
import { TextField } from './text-field.tsx';

type Props = Omit<ComponentProps<typeof TextField>, 'name' | 'label' | 'type' | 'required'>;

/** The address of a person with an account, or who is to get one; the field `email` of its form. */
export function EmailField(props: Props) {
  return <TextField {...props} name="email" label="E-mail" type="email" required />;
}
