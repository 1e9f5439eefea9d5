/** How a start tells what it is doing. The command line shows it; a library that embeds a cluster may keep quiet. */
export interface Steps {
  /** Runs the action as a named step; it may say how far it is. `detail` of its result may be shown beside the name. */
  step<Result>(
    name: string,
    action: (sayHowFar: (text: string) => void) => Promise<Result>,
    detail?: (result: Result) => string,
  ): Promise<Result>;
  /** One line about something the user should know. */
  note(text: string): void;
}
