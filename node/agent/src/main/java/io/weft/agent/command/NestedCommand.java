package io.weft.agent.command;

import io.weft.agent.AgentConfiguration;
import io.weft.agent.NestedAgent;
import io.weft.client.AuthenticationFile;
import io.weft.kernel.KernelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weft nested}. */
@Command(
        name = "nested",
        description =
                "Runs the agent of a virtual machine until it is asked to stop: containers of the machine get subports"
                        + " of the trunk whose parent is the machine's port.",
        mixinStandardHelpOptions = true)
public final class NestedCommand implements Callable<Integer> {
    @Option(
            names = "--containers-api",
            paramLabel = "FILE",
            required = true,
            description = "the settings containers.api.*: as whom ports are made, a member of the machine's project")
    private Path containersApi = Path.of("");

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "the machine's device at the trunk's parent port; default that of the default route")
    private @Nullable String device;

    @Option(
            names = "--parent-port",
            paramLabel = "ID",
            description = "the trunk's parent port; default the one with the device's MAC")
    private @Nullable UUID parentPort;

    @Option(names = "--state", paramLabel = "DIR", description = "where the containers that are there are kept")
    private Path state = AgentConfiguration.DEFAULT_STATE;

    @Option(names = "--socket", paramLabel = "FILE", description = "where requests of this machine arrive")
    private Path socket = AgentConfiguration.DEFAULT_SOCKET;

    @Option(
            names = "--cni-configuration",
            paramLabel = "FILE",
            description =
                    "writes a configuration without a network, for prepared ports, when containers can be joined for the"
                            + " first time; default none")
    private @Nullable Path cniConfiguration;

    @Override
    public Integer call() throws InterruptedException {
        try {
            NestedAgent agent = NestedAgent.start(
                    AuthenticationFile.read(containersApi),
                    Optional.ofNullable(device),
                    Optional.ofNullable(parentPort),
                    state,
                    socket);
            if (cniConfiguration != null) {
                RuntimeConfiguration.writeWhen(agent::isReady, cniConfiguration);
            }
            Running.untilStopped(agent::close);
            return 0;
        } catch (IllegalArgumentException | KernelException | IOException e) {
            System.err.println("weft: " + e.getMessage());
            return 1;
        }
    }
}
