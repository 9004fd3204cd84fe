package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.rest.policy.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NeutronPolicyTest {
    @TempDir
    private Path directory;

    private static Set<String> names() {
        return NeutronPolicy.defaults().stream().map(Rule::name).collect(Collectors.toSet());
    }

    @Test
    void everyResourceHasARuleForReadingIt() {
        try (Cloud cloud = Cloud.withEverything(directory)) {
            Set<String> reads = cloud.rules().stream()
                    .filter(name -> name.startsWith("get_") && name.indexOf(':') < 0)
                    .collect(Collectors.toSet());
            assertThat(reads).hasSizeGreaterThan(20);
            assertThat(names()).containsAll(reads);
        }
    }

    @Test
    void noRuleIsThereTwice() {
        assertThat(NeutronPolicy.defaults()).extracting(Rule::name).doesNotHaveDuplicates();
    }

    /** An operator copies lines out of it. To write it anew: copy what the test leaves in {@code target}. */
    @Test
    void theDocumentShowsTheDefaults() throws IOException {
        String expected = document();
        Path written = Path.of("target", "policy-defaults.yaml");
        Files.createDirectories(written.getParent());
        Files.writeString(written, expected);
        assertThat(Path.of("..", "..", "docs", "policy-defaults.yaml"))
                .as("docs/policy-defaults.yaml, which should be as " + written.toAbsolutePath())
                .hasContent(expected);
    }

    private static String document() {
        StringBuilder text = new StringBuilder("""
                # Who may do what unless api.policy-file says otherwise: see identity.md.
                # A file of an operator holds only the rules that are to be others.

                """);
        for (Rule rule : NeutronPolicy.defaults()) {
            text.append('"')
                    .append(rule.name())
                    .append("\": \"")
                    .append(rule.text())
                    .append("\"\n");
        }
        return text.toString();
    }
}
