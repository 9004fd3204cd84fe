package io.weft.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** OpenStack's API suites, tempest and the plug-in of Neutron, as Debian packages them. */
final class Tempest {
    private static final String PACKAGES = "/usr/lib/python3/dist-packages";
    /** Of {@code setUpClass (NAME)} and {@code tearDownClass (NAME)}. */
    private static final String FIXTURE = "Class (";

    /**
     * Debian's package waits ten seconds before each removal of a subnet, for clouds that take apart ports slowly. What is
     * removed from Weft is gone when the answer comes, so the suite asks at once.
     */
    private static final String WITHOUT_WAITING = """
            try:
                from tempest.lib.services.network import subnets_client

                class AtOnce:
                    @staticmethod
                    def sleep(seconds):
                        pass

                subnets_client.time = AtOnce
            except ImportError:
                pass
            """;

    private final Path directory;

    /** How a test ended, or a class of tests whose preparation ended for all of them. */
    enum Outcome {
        PASSED,
        FAILED,
        SKIPPED
    }

    /**
     * What came of a test.
     *
     * @param outcome how it ended
     * @param detail why it was skipped, or what it complained of
     */
    record Result(Outcome outcome, String detail) {}

    /**
     * @param directory where it works
     * @param configuration the contents of {@code tempest.conf}
     */
    Tempest(Path directory, String configuration) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory.resolve("python"));
        Files.writeString(directory.resolve("python").resolve("sitecustomize.py"), WITHOUT_WAITING);
        Files.writeString(directory.resolve("tempest.conf"), configuration);
        // Tests of one class share what the class has made, so they stay in one process.
        Files.writeString(directory.resolve(".stestr.conf"), """
                [DEFAULT]
                test_path=%1$s/tempest/test_discover
                top_dir=%1$s
                group_regex=([^\\.]*\\.)*
                """.formatted(PACKAGES));
    }

    /** Runs the tests whose names match, so many at once; what came of each is known by its name without its attributes. */
    Map<String, Result> run(String tests, int atOnce) throws IOException, InterruptedException {
        execute(List.of("stestr", "init"), ProcessBuilder.Redirect.DISCARD);
        // Its status says whether a test failed, which the results say too.
        execute(
                List.of("stestr", "run", "--concurrency", "" + atOnce, tests),
                ProcessBuilder.Redirect.to(directory.resolve("run.log").toFile()));
        Path stream = directory.resolve("results.subunit");
        execute(List.of("stestr", "last", "--subunit"), ProcessBuilder.Redirect.to(stream.toFile()));
        Path results = directory.resolve("results.xml");
        Process process = prepare(List.of("subunit2junitxml"), ProcessBuilder.Redirect.to(results.toFile()))
                .redirectInput(stream.toFile())
                .start();
        process.waitFor();
        return read(results);
    }

    private void execute(List<String> command, ProcessBuilder.Redirect output)
            throws IOException, InterruptedException {
        Process process = prepare(command, output).start();
        try {
            process.waitFor();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private ProcessBuilder prepare(List<String> command, ProcessBuilder.Redirect output) {
        List<String> bound = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL"));
        bound.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(bound).directory(directory.toFile()).redirectOutput(output);
        builder.redirectError(directory.resolve("errors.log").toFile());
        builder.environment().put("TEMPEST_CONFIG_DIR", directory.toString());
        builder.environment().put("TEMPEST_CONFIG", "tempest.conf");
        builder.environment().put("PYTHONPATH", directory.resolve("python").toString());
        return builder;
    }

    private Map<String, Result> read(Path file) throws IOException {
        Map<String, Result> results = new TreeMap<>();
        try {
            NodeList cases = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(file.toFile())
                    .getElementsByTagName("testcase");
            for (int i = 0; i < cases.getLength(); i++) {
                Element one = (Element) cases.item(i);
                String name = name(one.getAttribute("classname"), one.getAttribute("name"));
                // What a class prepares or clears away bears the name of the class.
                results.merge(name, result(one), (a, b) -> a.outcome() == Outcome.FAILED ? a : b);
            }
            return results;
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(
                    "the suite left no results\n"
                            + Files.readString(directory.resolve("run.log"))
                            + Files.readString(directory.resolve("errors.log")),
                    e);
        }
    }

    /**
     * The name of a test without {@code [id-…,smoke](scenario)}, or of a class where it says {@code setUpClass (NAME)}: a
     * test that is run in several scenarios has one name.
     */
    private static String name(String className, String name) {
        String whole = className.isEmpty() ? name : className + "." + name;
        int fixture = whole.indexOf(FIXTURE);
        if (fixture >= 0) {
            return whole.substring(fixture + FIXTURE.length(), whole.length() - 1);
        }
        int attributes = whole.indexOf('[');
        return attributes < 0 ? whole : whole.substring(0, attributes);
    }

    private static Result result(Element one) {
        for (String kind : List.of("failure", "error")) {
            NodeList found = one.getElementsByTagName(kind);
            if (found.getLength() > 0) {
                return new Result(Outcome.FAILED, found.item(0).getTextContent().strip());
            }
        }
        NodeList skipped = one.getElementsByTagName("skipped");
        return skipped.getLength() > 0
                ? new Result(Outcome.SKIPPED, skipped.item(0).getTextContent().strip())
                : new Result(Outcome.PASSED, "");
    }
}
