package io.weft.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.rest.policy.Rule;
import io.weft.server.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyFileTest {
    @TempDir
    private Path directory;

    private List<Rule> read(String text) throws IOException {
        return PolicyFile.read(Files.writeString(directory.resolve("policy.yaml"), text));
    }

    @Test
    void readsRulesWithTheirLines() throws IOException {
        List<Rule> rules = read("""
                # Who may share networks.
                "create_network:shared": "role:sharer or rule:admin_only"

                get_network: ""
                delete_network: "!"
                update_network:
                  role:a
                  and role:b
                """);
        String file = directory.resolve("policy.yaml").toString();
        assertThat(rules)
                .containsExactly(
                        new Rule("create_network:shared", "role:sharer or rule:admin_only", file + ", line 2"),
                        new Rule("get_network", "", file + ", line 4"),
                        new Rule("delete_network", "!", file + ", line 5"),
                        new Rule("update_network", "role:a and role:b", file + ", line 6"));
    }

    @Test
    void readsJsonAndListsOfOldFiles() throws IOException {
        assertThat(read("{\"a\": \"role:x\",\n\"b\": [[\"role:x\", \"role:y\"], \"role:z\", []], \"c\": []}"))
                .extracting(Rule::text)
                .containsExactly("role:x", "(role:x and role:y) or (role:z)", "");
    }

    @Test
    void anEmptyFileSaysNothing() throws IOException {
        assertThat(read("")).isEmpty();
        assertThat(read("# nothing yet\n")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `a: !`               | , line 1: rule 'a': must be a text; put it in quotation marks
            `a:`                 | , line 1: rule 'a': must be a text; put it in quotation marks
            `a: true`            | , line 1: rule 'a': must be a text; put it in quotation marks
            `a: {b: c}`          | , line 1: rule 'a': must be a text; put it in quotation marks
            `a: [[1]]`           | , line 1: rule 'a': must be a text; put it in quotation marks
            `7: role:a`          | , line 1: the name of a rule must be a text
            `[a, b]`             | , line 1: must be an object whose keys are the names of rules
            `a: @`               | , line 1: is not YAML: found character '@' that cannot start any token. (Do not use @ for indentation)
            `a: "role:b`         | , line 1: is not YAML: found unexpected end of stream
            """)
    void namesTheLineThatIsWrong(String text, String problem) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(directory.resolve("policy.yaml") + problem);
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> PolicyFile.read(directory.resolve("none.yaml")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(directory.resolve("none.yaml") + ": cannot be read: ");
    }
}
