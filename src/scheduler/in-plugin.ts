/** What goes wrong in a plugin is told with the plugin's name. */
import { Rejection } from './rejection.ts';

/** `context`: what the plugin was asked for. @throws Rejection as it is, any other error in this context */
export function inPlugin<T>(context: (plugin: string) => string, plugin: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Rejection) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${context(plugin)}: ${message}`, { cause: error });
  }
}
