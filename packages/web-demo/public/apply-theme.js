// Shows the theme that was chosen on an earlier visit before anything is painted; see src/lib/theme.ts.
// A file of its own: the page's security policy runs no inline script.
try {
  const theme = localStorage.getItem('oriel-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // storage may be switched off: the system's theme it is
}
