package io.weft.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code weft token}: what a new node enrols with. */
@Command(
        name = "token",
        description = "Makes enrolment tokens, and tokens of the API.",
        mixinStandardHelpOptions = true,
        subcommands = {TokenCommand.Create.class, CredentialsCommand.class})
final class TokenCommand {
    /** {@code weft token create}. */
    @Command(
            name = "create",
            description = "Makes a one-time token for a new node and prints it.",
            mixinStandardHelpOptions = true)
    static final class Create implements Callable<Integer> {
        @Mixin
        private final Api api = new Api();

        @Mixin
        private final Output output = new Output();

        @Option(
                names = "--host",
                paramLabel = "NAME",
                description = "the only host that may use it; needed to set up anew a host that is enrolled")
        private @Nullable String host;

        @Option(names = "--lifetime", paramLabel = "SECONDS", description = "how long it works; default one hour")
        private @Nullable Long lifetime;

        @Override
        public Integer call() {
            Map<String, Object> body = new LinkedHashMap<>();
            if (host != null) {
                body.put("host", host);
            }
            if (lifetime != null) {
                body.put("lifetime_seconds", lifetime);
            }
            JsonNode token = api.post("/weft/v1/tokens", body).path("token");
            output.print(token, () -> output.line(token.path("token").asString()));
            return 0;
        }
    }
}
