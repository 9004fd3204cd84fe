package io.weft.deployment;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.weft.deployment.image.Archive;
import io.weft.deployment.image.Image;
import io.weft.deployment.image.Registry;
import io.weft.deployment.kubernetes.DemoException;
import io.weft.deployment.kubernetes.Demonstration;
import io.weft.model.InvalidException;
import io.weft.model.IpPrefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./weft demo kubernetes}. */
@Command(
        name = "demo-kubernetes",
        description =
                "Wires a cluster that has no network yet, and shows by pods on all of its nodes that it has one. Ends with 0"
                        + " when all of it held.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    @Mixin
    private final BuiltImages images = new BuiltImages();

    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "how to reach the cluster; default kubectl's")
    private @Nullable Path kubeconfig;

    @Option(
            names = "--manifests",
            paramLabel = "DIR",
            description = "the directory with kustomization.yaml; default that of this build")
    private @Nullable Path manifests;

    @Option(names = "--directory", paramLabel = "DIR", description = "where images are made; default ${DEFAULT-VALUE}")
    private Path directory = Path.of("images");

    @Option(
            names = "--registry",
            paramLabel = "HOST[:PORT]/PATH",
            description =
                    "pushes the images there, from where nodes pull them; default: a pod on each node imports them into its"
                            + " containerd")
    private @Nullable String registry;

    @Option(
            names = "--registry-credentials",
            paramLabel = "FILE",
            description = "a file whose first line is USER:PASSWORD, for the push")
    private @Nullable Path registryCredentials;

    @Option(names = "--images-preloaded", description = "the images of './weft images' are on the nodes already")
    private boolean preloaded;

    @Option(
            names = "--pod-cidrs",
            paramLabel = "PREFIX",
            split = ",",
            defaultValue = "10.244.0.0/16",
            description = "where pods' addresses are from; default ${DEFAULT-VALUE}")
    private List<String> podPrefixes = new ArrayList<>();

    @Option(
            names = "--service-cidrs",
            paramLabel = "PREFIX",
            split = ",",
            description = "where Services' addresses are from; default what the cluster says")
    private List<String> servicePrefixes = new ArrayList<>();

    @Option(
            names = "--api-server",
            paramLabel = "HOST:PORT",
            description =
                    "where nodes reach the cluster's API without a service; default an endpoint of default/kubernetes")
    private @Nullable String apiServer;

    @Option(
            names = "--server-node",
            paramLabel = "NODE",
            description = "where Weft's server is; default the first node of the control plane")
    private @Nullable String serverNode;

    @Option(
            names = "--mtu",
            paramLabel = "BYTES",
            description = "of pods; default the nodes' less the tunnel's header, 1500 where that is not known")
    private @Nullable Integer mtu;

    @Option(
            names = "--containerd",
            paramLabel = "FILE",
            description = "containerd's socket on nodes; default the usual")
    private String containerd = "";

    @Option(
            names = "--print",
            description = "prints the manifests for --server-node ADDRESS and --api-server, and ends")
    private boolean print;

    @Option(names = "--remove", description = "takes everything away again")
    private boolean remove;

    @Option(names = "--remove-on-failure", description = "takes everything away again when something does not hold")
    private boolean removeOnFailure;

    @Option(names = "--force", description = "goes on where the cluster is not as it should be")
    private boolean force;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Demonstration.Settings settings;
        try {
            settings = settings();
        } catch (InvalidException e) {
            System.err.println("weft: --pod-cidrs or --service-cidrs: " + e.getMessage());
            return 2;
        }
        if (print) {
            return print(settings);
        }
        if (kubeconfig != null && !Files.isReadable(kubeconfig)) {
            System.err.println("weft: --kubeconfig: " + kubeconfig + " cannot be read");
            return 2;
        }
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(
                        kubeconfig == null ? Config.autoConfigure(null) : Config.fromKubeconfig(kubeconfig.toFile()))
                .build()) {
            Demonstration demonstration = new Demonstration(client, System.out, settings);
            try {
                if (remove) {
                    demonstration.remove();
                } else {
                    run(demonstration);
                }
                return 0;
            } catch (DemoException | KubernetesClientException e) {
                System.out.println(" FAIL " + e.getMessage());
                tell(demonstration);
                if (removeOnFailure && !remove) {
                    demonstration.remove();
                }
                return 1;
            }
        }
    }

    private static void tell(Demonstration demonstration) {
        try {
            System.out.println(demonstration.account().indent(6));
        } catch (KubernetesClientException e) {
            System.out.println("      the cluster does not say more: " + e.getMessage());
        }
    }

    private void run(Demonstration demonstration) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        List<Image> built = images.build(directory);
        Image weft = built.getFirst();
        Image demo = built.getLast();
        System.out.printf("      images %s (%.0f MB) and %s%n", weft.reference(), weft.size() / 1e6, demo.reference());
        if (registry != null) {
            Image pushed = weft.named(registry + "/weft");
            Image pushedDemo = demo.named(registry + "/weft-demo");
            demonstration.run(pushed, pushedDemo, (_, _) -> {
                try (Registry target = new Registry(credentials())) {
                    target.push(pushed);
                    target.push(pushedDemo);
                }
                System.out.println("  ok  pushed to " + registry);
                return Optional.empty();
            });
        } else if (preloaded) {
            demonstration.run(weft, demo, (_, _) -> Optional.empty());
        } else {
            Path archive = directory.resolve("weft-images.tar");
            Archive.write(archive, built);
            demonstration.run(weft, demo, (running, cluster) -> running.load(cluster, archive));
        }
    }

    private Optional<String> credentials() throws IOException {
        return registryCredentials == null
                ? Optional.empty()
                : Files.readAllLines(registryCredentials).stream().findFirst();
    }

    private int print(Demonstration.Settings settings) throws IOException, InterruptedException {
        if (serverNode == null || apiServer == null) {
            System.err.println("weft: --print needs --server-node ADDRESS and --api-server HOST:PORT");
            return 2;
        }
        String image = registry == null ? WeftImages.WEFT : registry + "/weft";
        Files.createDirectories(directory);
        String tag = images.build(directory).getFirst().tag();
        System.out.print(Demonstration.manifests(
                        settings, image + ":" + tag, serverNode, apiServer, String.join(",", servicePrefixes), 1500)
                .yaml());
        return 0;
    }

    private Demonstration.Settings settings() {
        String home = System.getenv("WEFT_HOME");
        return new Demonstration.Settings(
                manifests != null
                        ? manifests
                        : Path.of(home == null ? "." : home).resolve("deploy/kubernetes"),
                podPrefixes.stream().map(IpPrefix::parse).toList(),
                servicePrefixes.stream().map(IpPrefix::parse).toList(),
                Optional.ofNullable(apiServer),
                Optional.ofNullable(serverNode),
                Optional.ofNullable(mtu),
                containerd,
                force);
    }
}
