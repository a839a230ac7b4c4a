/** Times that most people want, by their cron expression. */
export const usualTimes = {
  '0 * * * *': 'Every hour',
  '0 6 * * *': 'Every day at 06:00',
  '0 6 * * 1-5': 'Monday to Friday at 06:00',
  '0 6 * * 1': 'Every Monday at 06:00',
  '0 6 1 * *': 'On the first of each month at 06:00',
} as const;

/** When it runs, in words where there are some. */
export function timesInWords(cron: string): string {
  return Object.hasOwn(usualTimes, cron) ? usualTimes[cron as keyof typeof usualTimes] : `At ${cron}`;
}
