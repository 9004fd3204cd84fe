package io.weft.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code weft nodes}: what nodes there are, one of them, or one less. */
@Command(
        name = "nodes",
        aliases = "node",
        description = "Lists the nodes, shows one, or takes one away.",
        mixinStandardHelpOptions = true,
        subcommands = {NodesCommand.ListNodes.class, NodesCommand.Show.class, NodesCommand.Delete.class})
final class NodesCommand implements Callable<Integer> {
    @Mixin
    private final Api api = new Api();

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        return list(api, output);
    }

    private static int list(Api api, Output output) {
        JsonNode nodes = api.get("/weft/v1/nodes").path("nodes");
        output.print(nodes, () -> {
            List<List<String>> rows = new ArrayList<>();
            for (JsonNode node : nodes) {
                rows.add(List.of(
                        node.path("name").asString(),
                        node.path("alive").asBoolean() ? "alive" : "away",
                        join(node.path("tunnel_addresses")),
                        node.path("ports").asString(),
                        node.path("revision").asString(),
                        node.path("agent_version").asString(),
                        join(node.path("problems"))));
            }
            output.table(List.of("NAME", "STATE", "TUNNEL", "PORTS", "REVISION", "AGENT", "PROBLEMS"), rows);
        });
        return 0;
    }

    private static String join(JsonNode texts) {
        List<String> parts = new ArrayList<>();
        texts.forEach(text -> parts.add(text.asString()));
        return String.join(",", parts);
    }

    /** {@code weft nodes list}. */
    @Command(name = "list", description = "Lists the nodes.", mixinStandardHelpOptions = true)
    static final class ListNodes implements Callable<Integer> {
        @Mixin
        private final Api api = new Api();

        @Mixin
        private final Output output = new Output();

        @Override
        public Integer call() {
            return list(api, output);
        }
    }

    /** {@code weft nodes show NAME}. */
    @Command(name = "show", description = "Shows one node.", mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        @Mixin
        private final Api api = new Api();

        @Mixin
        private final Output output = new Output();

        @Parameters(paramLabel = "NAME", description = "the node's name or id")
        private String name = "";

        @Override
        public Integer call() {
            JsonNode node = api.get("/weft/v1/nodes/" + Api.encode(name)).path("node");
            output.print(
                    node,
                    () -> node.properties()
                            .forEach(field -> output.line(field.getKey() + ": "
                                    + (field.getValue().isString()
                                            ? field.getValue().asString()
                                            : field.getValue()))));
            return 0;
        }
    }

    /** {@code weft nodes delete NAME}. */
    @Command(
            name = "delete",
            description = "Takes a node away and revokes its certificates.",
            mixinStandardHelpOptions = true)
    static final class Delete implements Callable<Integer> {
        @Mixin
        private final Api api = new Api();

        @Mixin
        private final Output output = new Output();

        @Parameters(paramLabel = "NAME", description = "the node's name or id")
        private String name = "";

        @Override
        public Integer call() {
            api.delete("/weft/v1/nodes/" + Api.encode(name));
            output.print(Map.of("deleted", name), () -> output.line("deleted " + name));
            return 0;
        }
    }
}
