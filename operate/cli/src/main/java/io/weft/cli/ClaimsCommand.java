package io.weft.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code weft claims}: who holds addresses that several ports may hold. */
@Command(
        name = "claims",
        description = "Lists the addresses that several ports may hold, and which port announced each last.",
        mixinStandardHelpOptions = true)
final class ClaimsCommand implements Callable<Integer> {
    @Mixin
    private final Api api = new Api();

    @Mixin
    private final Output output = new Output();

    @Option(names = "--address", paramLabel = "ADDRESS", description = "only this address, in all networks")
    private @Nullable String address;

    @Override
    public Integer call() {
        String query = address == null ? "" : "?address=" + Api.encode(address);
        JsonNode claims = api.get("/weft/v1/claims" + query).path("claims");
        output.print(claims, () -> {
            List<List<String>> rows = new ArrayList<>();
            for (JsonNode claim : claims) {
                rows.add(List.of(
                        claim.path("address").asString(),
                        claim.path("mac").asString(),
                        claim.path("port_id").asString(),
                        claim.path("network_id").asString(),
                        claim.path("node").asString()));
            }
            output.table(List.of("ADDRESS", "MAC", "PORT", "NETWORK", "NODE"), rows);
        });
        return 0;
    }
}
