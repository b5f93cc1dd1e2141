interface Report {
  readonly userLimits?: { readonly open_files?: { readonly soft: number | 'unlimited' } }
}

/** How many files and sockets a process may have open. Node has raised it as far as it may. */
export const openFilesLimit: number = limitOf(process.report.getReport())

// Windows tells no limit.
function limitOf({ userLimits }: Report): number {
  const soft = userLimits?.open_files?.soft
  return typeof soft === 'number' ? soft : Infinity
}
