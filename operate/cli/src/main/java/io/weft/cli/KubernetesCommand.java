package io.weft.cli;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.weft.client.Authentication;
import io.weft.client.AuthenticationFile;
import io.weft.client.NeutronClient;
import io.weft.client.Settings;
import io.weft.kubernetes.Controller;
import io.weft.kubernetes.ControllerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weft kubernetes}. */
@Command(
        name = "kubernetes",
        description = "Runs the controller of a Kubernetes cluster's network until it is asked to stop.",
        mixinStandardHelpOptions = true)
final class KubernetesCommand implements Callable<Integer> {
    @Option(
            names = "--containers-api",
            paramLabel = "FILE",
            required = true,
            description = "where the network service is, and as whom to call it")
    private Path containersApi = Path.of("");

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "how to reach the cluster; default what kubectl would use, or the pod's service account")
    private @Nullable Path kubeconfig;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "settings kubernetes.*; default $WEFT_KUBERNETES_CONFIG, or the environment alone")
    private @Nullable Path config;

    @Option(
            names = "--lift-quota",
            paramLabel = "PROJECT",
            description =
                    "first takes the limits from this project's ports, groups and rules, which a cluster soon meets; the"
                            + " caller must be an administrator with a fixed token")
    private @Nullable String liftedProject;

    @Override
    public Integer call() {
        if (liftedProject != null) {
            liftQuota(liftedProject);
        }
        Optional<Path> file = Optional.ofNullable(config)
                .or(() -> Optional.ofNullable(System.getenv("WEFT_KUBERNETES_CONFIG"))
                        .map(Path::of));
        try (NeutronClient neutron = NeutronClient.of(AuthenticationFile.read(containersApi), Settings.DEFAULTS);
                KubernetesClient client = new KubernetesClientBuilder()
                        .withConfig(
                                kubeconfig == null
                                        ? Config.autoConfigure(null)
                                        : Config.fromKubeconfig(kubeconfig.toFile()))
                        .build();
                Controller controller =
                        Controller.start(client, neutron, ControllerSettings.read(file, System.getenv()))) {
            Runtime.getRuntime().addShutdownHook(new Thread(controller::close, "stop"));
            controller.join();
            return 0;
        } catch (IOException | KubernetesClientException | IllegalStateException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        } catch (CompletionException e) {
            throw new CommandException("the controller ended: " + e.getCause(), e);
        }
    }

    private void liftQuota(String project) {
        try {
            if (!(AuthenticationFile.read(containersApi) instanceof Authentication.Token caller)) {
                throw new CommandException("--lift-quota needs containers.api.token in " + containersApi);
            }
            Api api = new Api(caller.endpoint(), caller.token());
            Map<String, Integer> unlimited = Map.of("port", -1, "security_group", -1, "security_group_rule", -1);
            api.put("/v2.0/quotas/" + Api.encode(project), Map.of("quota", unlimited));
        } catch (IOException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }
}
