package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Whether the tests would see a fault: the data path is compiled with one at a time, and the suites that take no traffic
 * are run against it until one fails. {@code docs/faults.md} says which test saw which fault;
 * {@code -Dweft.report=true} writes it anew.
 */
@Tag("long")
class FaultsTest {
    private static final Path REPORT = Path.of("../../docs/faults.md");

    /** In the order in which they are tried. */
    private static final List<Class<?>> SUITES = List.of(
            DroppedPacketsTest.class,
            PolicyTest.class,
            TcpConnectionsTest.class,
            PlainConnectionsTest.class,
            FragmentRulesTest.class,
            ConnectionLimitsTest.class,
            QuotedErrorsTest.class,
            AnsweredPacketsTest.class,
            FlowsTest.class,
            TrunkPacketsTest.class,
            AgreementTest.class);

    /**
     * An edit that makes the data path wrong.
     *
     * @param what in the words of somebody who suffers from it
     * @param file where
     * @param right what stands there, once
     * @param wrong what stands there instead
     */
    private record Fault(String what, String file, String right, String wrong) {}

    private static final List<Fault> FAULTS = List.of(
            new Fault(
                    "a guest may send from any MAC",
                    "spoof.h",
                    "        if (!own_mac)\n            return DROP_SPOOFED_MAC;",
                    "        if (!own_mac)\n            return DROP_NONE;"),
            new Fault(
                    "what is sent to a guest is judged by its egress rules",
                    "rules.h",
                    "question->direction = direction;",
                    "question->direction = DIRECTION_EGRESS;"),
            new Fault(
                    "the lower precedence counts",
                    "rules.h",
                    "own->precedence >= any->precedence",
                    "own->precedence < any->precedence"),
            new Fault(
                    "rules say what they said before a table has changed",
                    "rules.h",
                    "verdict->generation == generation",
                    "verdict->generation"),
            new Fault(
                    "the receiving port's verdict is not obeyed",
                    "deliver.h",
                    "    if (reason)\n        return drop(port->number, reason);",
                    "    if (reason)\n        drop(port->number, reason);"),
            new Fault(
                    "an answer need not acknowledge the SYN",
                    "track.h",
                    "bool acknowledges = ack && tracking->acknowledgement - connection->sequence - 1 < 0x10000;",
                    "bool acknowledges = ack;"),
            new Fault(
                    "a rule that is gone still serves the connections that it let in",
                    "policy.h",
                    "(connection->epoch != epoch || connection->rule_set != port->rule_set) && !renew(",
                    "(connection->rule_set != port->rule_set) && !renew("),
            new Fault(
                    "later fragments pass without their first one",
                    "policy.h",
                    "<= FRAGMENT_LIFE ? DROP_NONE : DROP_FRAGMENT_UNTRACKED;",
                    "<= FRAGMENT_LIFE ? DROP_NONE : DROP_NONE;"),
            new Fault(
                    "anybody on the underlay may send into a network",
                    "tunnel.h",
                    "return node ? (int)(*node & 0x7fffffff) : -1;",
                    "return node ? (int)(*node & 0x7fffffff) : 0;"),
            new Fault(
                    "a routed packet keeps the MAC of its sender",
                    "route.h",
                    "copy_mac(packet->source_mac, hop.mac);",
                    "copy_mac(packet->source_mac, packet->source_mac);"),
            new Fault(
                    "the hop limit goes down by one for however many routers",
                    "deliver.h",
                    "__u8 left = packet->hop_limit - packet->routers;",
                    "__u8 left = packet->hop_limit - 1;"),
            new Fault(
                    "a router forwards four bytes too many",
                    "route.h",
                    "if (wire_length(skb, packet) > mtu)",
                    "if (wire_length(skb, packet) > mtu + 4)"),
            new Fault(
                    "an extension header is taken for longer than it is",
                    "parse.h",
                    "(header[1] + 1) * 8",
                    "(header[1] + 2) * 8"),
            new Fault(
                    "connections never expire",
                    "connection.h",
                    "(__s32)(now - connection->seen) <= (__s32)life(connection->state, protocol)",
                    "life(connection->state, protocol)"),
            new Fault(
                    "half-open connections are not limited",
                    "connection.h",
                    "if (at + each - now > HALF_OPEN_DRAIN)",
                    "if (at + each - now > 1000 * HALF_OPEN_DRAIN)"),
            new Fault(
                    "a flow goes its way when a table has changed",
                    "flow.h",
                    "flow->generation == miss->generation",
                    "flow->generation"),
            new Fault(
                    "a flow goes its way when its connection has changed",
                    "flow.h",
                    "flow->stamp == miss->stamp",
                    "true"),
            new Fault(
                    "networks of different address scopes reach each other",
                    "scope.h",
                    "here->upper == there->upper && here->lower == there->lower ? CROSSING_WITHIN : CROSSING_ACROSS",
                    "CROSSING_WITHIN"),
            new Fault(
                    "a frame's priority is taken for a part of its tag",
                    "trunk.h",
                    "tag.vlan = bpf_ntohs(control) & VLAN_ID;",
                    "tag.vlan = bpf_ntohs(control);"));

    @TempDir
    private Path directory;

    @Test
    void withoutAFaultNothingIsSeen() throws IOException {
        assertThat(failuresOf(new AlteredDataPath(directory))).isEmpty();
    }

    @Test
    void eachFaultIsSeen() throws IOException {
        StringBuilder table = new StringBuilder();
        List<Fault> unseen = new ArrayList<>();
        String written = Files.exists(REPORT) ? Files.readString(REPORT) : "";
        for (Fault fault : FAULTS) {
            Set<String> failed = failuresWith(fault);
            if (failed.isEmpty()) {
                unseen.add(fault);
                continue;
            }
            table.append(row(fault, failed.iterator().next()));
            if (!Boolean.getBoolean("weft.report")) {
                assertThat(failed.stream().map(test -> row(fault, test)))
                        .as("one of these stands in %s", REPORT)
                        .anyMatch(written::contains);
            }
        }
        assertThat(unseen).as("faults that no test has seen").isEmpty();
        if (Boolean.getBoolean("weft.report")) {
            int end = written.indexOf("| --- | --- | --- |\n") + "| --- | --- | --- |\n".length();
            Files.writeString(REPORT, written.substring(0, end) + table);
        }
    }

    private static String row(Fault fault, String test) {
        return "| " + fault.what + " | `" + fault.file + "` | `" + test + "` |\n";
    }

    /** The tests that see a fault. */
    private Set<String> failuresWith(Fault fault) throws IOException {
        return failuresOf(new AlteredDataPath(directory).with(fault.file, fault.right, fault.wrong));
    }

    /** The tests of the first suite in which any fails against a data path of these sources. */
    private Set<String> failuresOf(AlteredDataPath sources) throws IOException {
        Path classes = sources.compile();
        // What the kernel refuses to load fails every test, and says nothing of any.
        Rig.of(Files.readAllBytes(classes.resolve("io/weft/vrouter/vrouter.o"))).close();
        try (FaultyClasses loader = new FaultyClasses(classes)) {
            for (Class<?> suite : SUITES) {
                Set<String> failed = run(loader.loadClass(suite.getName()));
                if (!failed.isEmpty()) {
                    return failed;
                }
            }
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
        return Set.of();
    }

    private static Set<String> run(Class<?> suite) {
        Set<String> failed = new TreeSet<>();
        List<String> notBegun = new ArrayList<>();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(suite))
                                .build(),
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                                if (result.getStatus() != TestExecutionResult.Status.FAILED) {
                                    return;
                                }
                                if (test.getSource().orElse(null) instanceof MethodSource method) {
                                    failed.add(suite.getSimpleName() + "." + method.getMethodName());
                                } else {
                                    notBegun.add(test.getDisplayName() + ": "
                                            + result.getThrowable().orElseThrow());
                                }
                            }
                        });
        assertThat(notBegun).as("suites that could not begin").isEmpty();
        return failed;
    }

    /** This package's classes once more, with another data path. */
    private static final class FaultyClasses extends URLClassLoader {
        FaultyClasses(Path faulty) {
            super(urls(faulty), FaultsTest.class.getClassLoader());
        }

        private static URL[] urls(Path faulty) {
            try {
                return new URL[] {
                    faulty.toUri().toURL(),
                    KernelVrouter.class.getProtectionDomain().getCodeSource().getLocation(),
                    FaultsTest.class.getProtectionDomain().getCodeSource().getLocation()
                };
            } catch (MalformedURLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("io.weft.vrouter.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known == null ? findClass(name) : known;
            }
        }

        @Override
        public @Nullable URL getResource(String name) {
            URL own = findResource(name);
            return own == null ? super.getResource(name) : own;
        }
    }
}
