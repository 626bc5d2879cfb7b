/** Takes the light or dark mode that the reader has chosen for the documentation. */
export function applyTheme(): void {
  let theme: string | null = null;
  try {
    theme = localStorage.getItem('tsd-theme');
  } catch {
    // The user denies storage to this page.
  }
  if (theme === 'light' || theme === 'dark') document.documentElement.style.colorScheme = theme;
}
