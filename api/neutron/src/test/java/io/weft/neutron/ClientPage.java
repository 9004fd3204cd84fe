package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Pages of {@code docs/} whose rows are commands of the stock {@code openstack} client and what comes of them. */
public final class ClientPage {
    static final Path CLIENT = Path.of("/usr/bin/openstack");

    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final Pattern ROW =
            Pattern.compile("\\| `openstack (.*)` \\| (works|shows|refused):?(?: `(.*)`)? \\|");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ClientPage() {}

    /** One row of the page. */
    private record Row(String command, String expectation, String text) {}

    /**
     * Runs a page, which has more rows than these, from top to bottom against a server that asks for no token, in one process
     * of the client.
     *
     * @param directory of the test's own
     */
    public static void assertThatAllHold(String page, int least, String url, Path directory) throws IOException {
        List<Row> rows = rows(page);
        assertThat(rows).hasSizeGreaterThan(least);
        assumeThat(CLIENT).exists();
        List<String> wrong = new ArrayList<>();
        try (Batch batch = Batch.start(directory, "--os-auth-type", "none", "--os-endpoint", url)) {
            for (Row row : rows) {
                JsonNode result = batch.run(List.of(row.command.split(" ")));
                if (!holds(row, result)) {
                    wrong.add(row + "\n    but " + result);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static boolean holds(Row row, JsonNode result) {
        boolean succeeded = result.path("status").asInt() == 0;
        String out = result.path("out").asString();
        String err = result.path("err").asString();
        return switch (row.expectation) {
            case "works" -> succeeded;
            case "shows" -> succeeded && out.contains(row.text);
            default -> !succeeded && (out + err).contains(row.text) && !err.contains("internal server error");
        };
    }

    private static List<Row> rows(String name) throws IOException {
        Path page = Path.of(name);
        while (!Files.exists(page)) {
            page = Path.of("..").resolve(page);
            assertThat(page.getNameCount()).isLessThan(6);
        }
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(page)) {
            Matcher matcher = ROW.matcher(line);
            if (matcher.matches()) {
                rows.add(new Row(matcher.group(1), matcher.group(2), String.valueOf(matcher.group(3))));
            } else {
                assertThat(line).as("a row that is not understood").doesNotStartWith("| `");
            }
        }
        return rows;
    }

    /** The client in one process that runs a command a line. */
    record Batch(Process process, BufferedReader results, Writer commands, Path errors) implements AutoCloseable {
        static Batch start(Path directory, String... options) throws IOException {
            Path script = directory.resolve("openstack_batch.py");
            try (InputStream in = ClientPage.class.getResourceAsStream("openstack_batch.py")) {
                assertThat(in).isNotNull();
                Files.write(script, in.readAllBytes());
            }
            List<String> command = new ArrayList<>(List.of(PYTHON.toString(), script.toString()));
            command.addAll(List.of(options));
            Path errors = directory.resolve("errors");
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("OS_"));
            Process process = builder.start();
            return new Batch(
                    process,
                    process.inputReader(StandardCharsets.UTF_8),
                    process.outputWriter(StandardCharsets.UTF_8),
                    errors);
        }

        JsonNode run(List<String> words) throws IOException {
            commands.write(JSON.writeValueAsString(words) + "\n");
            commands.flush();
            String line = results.readLine();
            assertThat(line)
                    .as(() -> words + " ended the client: " + errorText())
                    .isNotNull();
            return JSON.readTree(line);
        }

        private String errorText() {
            try {
                return Files.readString(errors);
            } catch (IOException e) {
                return e.toString();
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
