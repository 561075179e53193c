package io.slipway.sandbox.learn;

import io.slipway.linux.CallResult;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One part of what makes a container.
 *
 * @param name as on the command line
 * @param title what it is, in a few words
 * @param purpose what it is for, one sentence a line
 * @param manual pages that document it, e.g. {@code pid_namespaces(7)}
 * @param calls what the text of its calls, as an explanation shows it, contains (a regular expression)
 */
public record Topic(
        String name,
        String title,
        List<String> purpose,
        List<String> manual,
        Pattern calls,
        Demonstration demonstration) {
    static Topic of(
            String name, String title, String purpose, List<String> manual, String calls, Demonstration demonstration) {
        return new Topic(name, title, purpose.lines().toList(), manual, Pattern.compile(calls), demonstration);
    }

    /** Those calls of a container that are made for it. */
    public List<CallResult> callsIn(List<CallResult> all) {
        return all.stream().filter(call -> calls.matcher(relevant(call)).find()).toList();
    }

    /** What the application is told to run is quoted in an exec, and may name anything. */
    private static String relevant(CallResult call) {
        return call.call().startsWith("exec")
                ? call.call() + "(" + call.arguments().getFirst()
                : call.text();
    }
}
