package io.weft.server.config;

import java.util.List;

/** Settings that cannot be used. The message has one line for each mistake. */
public final class ConfigurationException extends RuntimeException {
    private final List<String> problems;

    public ConfigurationException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** One sentence for each mistake, in the order of the settings. */
    public List<String> problems() {
        return problems;
    }
}
