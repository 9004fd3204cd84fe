package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DropReasonTest {
    @Test
    void reasonsAreThoseOfTheProgramsInTheirOrder() throws IOException {
        String header = Files.readString(Path.of("src/main/bpf/weft/drop_reasons.h"));
        List<String> inHeader = Pattern.compile("REASON\\((\\w+)\\)\\s*/\\*\\s*(.*?)\\s*\\*/")
                .matcher(header)
                .results()
                .map(match -> match.group(1) + ": " + match.group(2))
                .toList();
        List<String> inJava = Stream.of(DropReason.values())
                .map(reason -> reason.name() + ": " + reason.meaning())
                .toList();
        assertThat(inJava).isEqualTo(inHeader);
    }

    /** To name a reason is not yet to provoke it; but what no test names, none provokes. */
    @Test
    void eachReasonIsProvokedByATest() throws IOException {
        StringBuilder tests = new StringBuilder();
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            for (Path file : files.filter(path -> path.toString().matches(".*(Test|Scenarios)\\.java"))
                    .filter(path -> !path.endsWith("DropReasonTest.java"))
                    .toList()) {
                tests.append(Files.readString(file));
            }
        }
        assertThat(DropReason.values())
                .allSatisfy(reason -> assertThat(tests).containsPattern("DropReason\\." + reason.name() + "\\b"));
    }
}
