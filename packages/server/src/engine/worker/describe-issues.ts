interface SchemaError {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}

/** What a schema refused, in one line: `probabilities.Adelie: Invalid input: expected number, received NaN`. */
export function describeIssues({ issues }: SchemaError): string {
  return issues.map(({ path, message }) => `${path.map(String).join('.') || 'value'}: ${message}`).join('; ');
}
