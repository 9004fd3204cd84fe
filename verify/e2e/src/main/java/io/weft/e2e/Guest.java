package io.weft.e2e;

import io.weft.cni.Executable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A virtual machine: QEMU without acceleration, Debian's cloud kernel, a tap on its host. */
public final class Guest implements Matrix.Prober, AutoCloseable {
    private static final Pattern INET = Pattern.compile("inet6? ([0-9a-f.:]+)/\\d+ .*scope global");

    private final Background qemu;
    private final Path console;
    private final SocketChannel shell;
    private final BufferedReader answers;

    private Guest(Background qemu, Path console, SocketChannel shell, BufferedReader answers) {
        this.qemu = qemu;
        this.console = console;
        this.shell = shell;
        this.answers = answers;
    }

    /**
     * Boots a guest.
     *
     * @param host where
     * @param tap its device there
     * @param mac its MAC
     */
    public static Guest boot(Cloud cloud, Host host, String tap, String mac) {
        Path image = image();
        return boot(cloud, host, tap, mac, image.resolve("vmlinuz"), image.resolve("initramfs"), 256);
    }

    /**
     * Boots a guest that has a Java runtime in {@code /java}, this build in {@code /weft} and the CNI executable in
     * {@code /opt/cni/bin}.
     */
    static Guest bootWithWeft(Cloud cloud, Host host, String tap, String mac) {
        Path image = image();
        return boot(cloud, host, tap, mac, image.resolve("vmlinuz"), withWeft(cloud, image), 512);
    }

    private static Guest boot(
            Cloud cloud, Host host, String tap, String mac, Path kernel, Path initramfs, int megabytes) {
        Path directory = cloud.makeDirectory("guest-" + tap);
        Path console = directory.resolve("console");
        Path socket = directory.resolve("shell");
        List<String> command = List.of(
                "qemu-system-x86_64",
                "-M",
                "q35,accel=tcg",
                "-cpu",
                "max",
                "-m",
                Integer.toString(megabytes),
                "-nodefaults",
                "-no-reboot",
                "-display",
                "none",
                "-kernel",
                kernel.toString(),
                "-initrd",
                initramfs.toString(),
                "-append",
                "console=ttyS0 quiet panic=1 no_timer_check",
                "-chardev",
                "file,id=console,path=" + console,
                "-serial",
                "chardev:console",
                "-chardev",
                "socket,id=shell,server=on,wait=off,path=" + socket,
                "-serial",
                "chardev:shell",
                "-netdev",
                "tap,id=net,script=no,downscript=no,ifname=" + tap,
                "-device",
                "virtio-net-pci,netdev=net,mac=" + mac);
        Background qemu = Background.start(directory.resolve("log"), host.enter(command));
        try {
            SocketChannel shell = Wait.until("QEMU to listen", Duration.ofSeconds(30), () -> connect(socket, qemu));
            BufferedReader answers =
                    new BufferedReader(new InputStreamReader(Channels.newInputStream(shell), StandardCharsets.UTF_8));
            Guest guest = new Guest(qemu, console, shell, answers);
            cloud.closeLater(guest);
            String line = answers.readLine();
            if (!"ready".equals(line)) {
                throw new IllegalStateException("the guest says " + line + "\n" + guest.console());
            }
            return guest;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<SocketChannel> connect(Path socket, Background qemu) {
        if (!qemu.isAlive()) {
            throw new IllegalStateException("QEMU ended:\n" + qemu.output());
        }
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                return Optional.of(channel);
            } catch (IOException e) {
                channel.close();
                return Optional.empty();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kernel and initramfs, made when they are not there. */
    private static synchronized Path image() {
        Path image = home().resolve(".weft/guest");
        Shell.run(home().resolve("verify/e2e/guest/build").toString(), image.toString());
        return image;
    }

    /** The initramfs with this build in it, made once for a data centre. */
    private static synchronized Path withWeft(Cloud cloud, Path image) {
        Path directory = cloud.makeDirectory("guest-weft");
        Path initramfs = directory.resolve("initramfs");
        if (!Files.exists(initramfs)) {
            Path root = directory.resolve("root");
            try {
                Executable.install(Files.createDirectories(root.resolve("opt/cni/bin")));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Shell.run(
                    home().resolve("verify/e2e/guest/build-weft").toString(),
                    image.toString(),
                    System.getProperty("java.home"),
                    System.getProperty("java.class.path"),
                    root.toString(),
                    initramfs.toString());
        }
        return initramfs;
    }

    /** Where this build's sources are. */
    static Path home() {
        return Path.of(Optional.ofNullable(System.getenv("WEFT_HOME")).orElseGet(Guest::root));
    }

    private static String root() {
        Path path = Path.of("").toAbsolutePath();
        while (!Files.exists(path.resolve("weft"))) {
            path = Optional.ofNullable(path.getParent()).orElseThrow();
        }
        return path.toString();
    }

    /** Runs a line in the guest's shell; one at a time. */
    public synchronized Shell.Result run(String line) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
            while (bytes.hasRemaining()) {
                shell.write(bytes);
            }
            StringBuilder output = new StringBuilder();
            while (true) {
                String answer = answers.readLine();
                if (answer == null) {
                    throw new IllegalStateException("the guest is gone\n" + console());
                }
                if (answer.startsWith("done ")) {
                    return new Shell.Result(Integer.parseInt(answer.substring(5).strip()), output.toString());
                }
                output.append(answer).append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The global addresses of its device. */
    public List<String> addresses() {
        List<String> found = new ArrayList<>();
        Matcher matcher = INET.matcher(run("ip address show dev eth0").output());
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    /** Starts the service that counts what it is sent and answers with this name. */
    void serve(String name) {
        run("socat -t 30 TCP6-LISTEN:" + Workload.COUNTER + ",fork,reuseaddr,ipv6only=0 'SYSTEM:echo " + name
                + " $(wc -c)' >/dev/null 2>&1 &");
        Wait.until(name + " to listen", () -> run("netstat -ltn").output().contains(":" + Workload.COUNTER));
    }

    @Override
    public boolean pings(String address) {
        return run("ping -c 2 -W 1 " + address).output().contains("bytes from " + address);
    }

    @Override
    public String sends(String address, Duration patience) {
        return Workload.arrivedAt(run(Workload.sendCommand(address, Workload.COUNTER, patience)));
    }

    /** What its kernel and its DHCP client have printed. */
    public String console() {
        try {
            return Files.readString(console);
        } catch (IOException e) {
            return "no console: " + e.getMessage();
        }
    }

    @Override
    public void close() throws IOException {
        shell.close();
        qemu.kill();
    }
}
