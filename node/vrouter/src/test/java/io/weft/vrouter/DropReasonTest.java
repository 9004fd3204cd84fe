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
}
