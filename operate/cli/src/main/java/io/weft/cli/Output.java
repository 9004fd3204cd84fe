package io.weft.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** How a command prints its result. */
final class Output {
    private static final JsonMapper PRETTY =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Option(names = "--json", description = "print one JSON value")
    private boolean json;

    private final PrintStream out;

    Output() {
        this(System.out);
    }

    Output(PrintStream out) {
        this.out = out;
    }

    boolean isJson() {
        return json;
    }

    /** Prints this value when JSON was asked for, and else what follows. */
    void print(Object value, Runnable text) {
        if (json) {
            out.println(PRETTY.writeValueAsString(value));
        } else {
            text.run();
        }
    }

    void line(String text) {
        out.println(text);
    }

    /** Prints rows under headings, columns two spaces apart. */
    void table(List<String> headings, List<List<String>> rows) {
        List<List<String>> all = new ArrayList<>();
        all.add(headings);
        all.addAll(rows);
        int[] widths = new int[headings.size()];
        for (List<String> row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : all) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
            }
            out.println(text.toString().stripTrailing());
        }
    }
}
