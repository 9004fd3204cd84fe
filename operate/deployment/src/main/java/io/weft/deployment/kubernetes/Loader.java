package io.weft.deployment.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Brings images to nodes where there is no registry. A pod on each node runs the node's own shell: its image is any that the
 * node has (a kubelet needs one for every pod, {@code pause}), its directories {@code /bin}, {@code /usr} and {@code /lib} are
 * the host's. It works on nodes that are not ready, as all pods on the hosts' network do, and needs a host with {@code sh},
 * {@code head}, {@code sha256sum} and containerd's {@code ctr}.
 */
public final class Loader {
    /** What the pod runs, in the root of its host; the archive's size and digest are its arguments. */
    public static final String SCRIPT = """
            set -e
            file=$(mktemp /var/tmp/weft-images-XXXXXX)
            trap 'rm -f "$file"' EXIT
            head -c "$1" > "$file"
            echo "$2  $file" | sha256sum -c - > /dev/null
            for socket in "$3" /run/containerd/containerd.sock /run/k3s/containerd/containerd.sock; do
                [ -S "$socket" ] && break
            done
            if command -v ctr > /dev/null; then ctr=ctr; else ctr='k3s ctr'; fi
            $ctr --address "$socket" --namespace k8s.io images import "$file"
            """;

    private static final String FACTS = """
            cat /proc/net/route
            for device in /sys/class/net/*; do echo "mtu ${device##*/} $(cat "$device/mtu")"; done
            """;
    private static final String PAUSE = "registry.k8s.io/pause:3.10";
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final List<String> DIRECTORIES = List.of("/bin", "/usr", "/lib", "/lib64", "/sbin");

    private final KubernetesClient client;
    private final Commands commands;
    private final Patience patience;
    private final String socket;

    /** @param socket containerd's, if it is not in a usual place; or empty */
    Loader(KubernetesClient client, Commands commands, Patience patience, String socket) {
        this.client = client;
        this.commands = commands;
        this.patience = patience;
        this.socket = socket;
    }

    /** Puts an archive's images onto a node, and answers the MTU of the device with its default route. */
    int load(Cluster.Machine machine, Path archive) throws IOException {
        Pod pod = pod(machine);
        String name = pod.getMetadata().getName();
        Pods.create(client, patience, pod);
        try {
            Pods.awaitRunning(client, patience, Manifests.NAMESPACE, name);
            Commands.Result facts = commands.run(Manifests.NAMESPACE, name, LONG, "sh", "-c", FACTS);
            try (InputStream in = new BufferedInputStream(Files.newInputStream(archive), 1 << 16)) {
                Commands.Result result = commands.run(
                        Manifests.NAMESPACE,
                        name,
                        LONG,
                        Optional.of(in),
                        "chroot",
                        "/host",
                        "sh",
                        "-c",
                        SCRIPT,
                        "load",
                        Long.toString(Files.size(archive)),
                        digest(archive),
                        socket);
                if (!result.ok()) {
                    throw new DemoException("the images cannot be imported on node " + machine.name() + ": "
                            + result.output().strip() + " " + result.errors().strip());
                }
            }
            return mtu(facts.output());
        } finally {
            client.pods()
                    .inNamespace(Manifests.NAMESPACE)
                    .withName(name)
                    .withGracePeriod(0)
                    .delete();
        }
    }

    /** The MTU of the device with the default route of IPv4; 1500 when there is none. */
    static int mtu(String facts) {
        Optional<String> device = facts.lines()
                .map(line -> line.split("\\s+"))
                .filter(words -> words.length > 2 && words[1].equals("00000000"))
                .map(words -> words[0])
                .findFirst();
        return facts.lines()
                .map(line -> line.split(" "))
                .filter(words -> words.length == 3
                        && words[0].equals("mtu")
                        && device.isPresent()
                        && words[1].equals(device.get()))
                .map(words -> Integer.parseInt(words[2]))
                .findFirst()
                .orElse(1500);
    }

    private static String digest(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** An image of the node that has a tag: {@code pause} if it is among them, since it is small. */
    static String imageOn(Cluster.Machine machine) {
        return machine.images().stream()
                .filter(name -> !name.contains("@"))
                .min(Comparator.comparing((String name) -> !name.contains("/pause:")))
                .orElse(PAUSE);
    }

    private static Pod pod(Cluster.Machine machine) {
        ContainerBuilder container = new ContainerBuilder()
                .withName("loader")
                .withImage(imageOn(machine))
                .withImagePullPolicy("IfNotPresent")
                .withCommand("/bin/sh", "-c", "exec sleep 3600")
                .withEnv(new EnvVarBuilder()
                        .withName("PATH")
                        .withValue("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
                        .build())
                .withNewSecurityContext()
                .withPrivileged(true)
                .withRunAsUser(0L)
                .endSecurityContext();
        List<io.fabric8.kubernetes.api.model.Volume> volumes = new ArrayList<>();
        List<String> directories = new ArrayList<>(DIRECTORIES);
        if (!machine.architecture().equals("amd64")) {
            directories.remove("/lib64");
        }
        directories.add("/");
        for (String directory : directories) {
            String name = directory.equals("/") ? "host" : "host-" + directory.substring(1);
            volumes.add(new VolumeBuilder()
                    .withName(name)
                    .withNewHostPath()
                    .withPath(directory)
                    .endHostPath()
                    .build());
            container.addToVolumeMounts(new VolumeMountBuilder()
                    .withName(name)
                    .withMountPath(directory.equals("/") ? "/host" : directory)
                    .build());
        }
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(Manifests.NAMESPACE)
                .withName(Pods.name("weft-loader-", machine.name()))
                .addToLabels("app.kubernetes.io/part-of", "weft")
                .endMetadata()
                .withNewSpec()
                .withNodeName(machine.name())
                .withHostNetwork(true)
                .withRestartPolicy("Never")
                .withEnableServiceLinks(false)
                .withAutomountServiceAccountToken(false)
                .withTerminationGracePeriodSeconds(0L)
                .addNewToleration()
                .withOperator("Exists")
                .endToleration()
                .withContainers(container.build())
                .withVolumes(volumes)
                .endSpec()
                .build();
    }
}
