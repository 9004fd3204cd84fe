package io.weft.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code weft api}. */
@Command(
        name = "api",
        description = "Lists the paths of the networking API; with --json, prints its OpenAPI document.",
        mixinStandardHelpOptions = true)
final class ApiCommand implements Callable<Integer> {
    @Mixin
    private final Api api = new Api();

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        JsonNode document = api.get("/v2.0/openapi.json");
        output.print(document, () -> output.table(List.of("METHODS", "PATH"), rows(document)));
        return 0;
    }

    private static List<List<String>> rows(JsonNode document) {
        List<List<String>> rows = new ArrayList<>();
        document.path("paths").properties().forEach(path -> {
            String methods = String.join(
                    " ",
                    path.getValue().properties().stream()
                            .map(Map.Entry::getKey)
                            .filter(method -> !method.equals("parameters"))
                            .map(method -> method.toUpperCase(Locale.ROOT))
                            .toList());
            rows.add(List.of(methods, path.getKey()));
        });
        return rows;
    }
}
