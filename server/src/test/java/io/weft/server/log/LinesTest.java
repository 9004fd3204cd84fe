package io.weft.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LinesTest {
    private static LogRecord enrolled(String host) {
        LogRecord line = new LogRecord(Level.INFO, "node enrolled");
        line.setLoggerName("io.weft.server.Server");
        line.setParameters(new Object[] {Map.entry("host", host), Map.entry("serial", "7")});
        return line;
    }

    @Test
    void textHasTheFieldsAfterTheMessage() {
        assertThat(new TextLines().format(enrolled("a")))
                .endsWith(" INFO server.Server node enrolled host=a serial=7\n");
    }

    @Test
    void aValueCannotForgeALineOrAField() {
        assertThat(new TextLines().format(enrolled("a b\nhost=\"c\"")))
                .endsWith(" host=\"a b\\nhost=\\\"c\\\"\" serial=7\n")
                .hasLineCount(1);
    }

    @Test
    void jsonIsOneObjectALine() {
        LogRecord line = enrolled("a\nb");
        line.setThrown(new IllegalStateException("why"));
        String text = new JsonLines().format(line);
        assertThat(text).hasLineCount(1);
        JsonNode object = JsonMapper.builder().build().readTree(text);
        assertThat(object.get("level").asString()).isEqualTo("INFO");
        assertThat(object.get("host").asString()).isEqualTo("a\nb");
        assertThat(object.get("trace").asString()).contains("IllegalStateException: why");
    }
}
