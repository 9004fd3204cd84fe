package io.weft.e2e;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A tenant's virtual machine that runs pods: its port is a trunk's parent, and it has an agent with the tenant's token. */
final class Nested {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** Without acceleration a Java program takes its time to begin. */
    private static final Duration SLOW = Duration.ofMinutes(5);

    private static final String START = "setsid /java/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m"
            + " --enable-native-access=ALL-UNNAMED -cp '/weft/classes:/weft/jars/*' io.weft.agent.command.Main nested"
            + " --containers-api /api.properties --state /state >>/agent.log 2>&1 & echo $! >/agent.pid";

    private final Guest guest;
    private final String parent;
    private final String trunk;

    private Nested(Guest guest, String parent, String trunk) {
        this.guest = guest;
        this.parent = parent;
        this.trunk = trunk;
    }

    /**
     * Boots a machine.
     *
     * @param tenant makes the port and the trunk
     * @param operator binds the port, as Nova does
     * @param network where the machine is
     */
    static Nested boot(Cloud cloud, Api tenant, Api operator, Host host, String network, String name) {
        JsonNode port = tenant.create("port", Map.of("network_id", network, "name", name));
        String parent = port.get("id").asString();
        operator.update("port", parent, Map.of("binding:host_id", host.name()));
        String trunk = tenant.create("trunk", Map.of("port_id", parent, "name", name))
                .get("id")
                .asString();
        host.attachTap("tap-" + name, parent);
        Guest guest = Guest.bootWithWeft(
                cloud, host, "tap-" + name, port.get("mac_address").asString());
        return new Nested(guest, parent, trunk);
    }

    String parent() {
        return parent;
    }

    String trunk() {
        return trunk;
    }

    Guest guest() {
        return guest;
    }

    /** Runs a line that must be done. */
    private String done(String line) {
        Shell.Result result = guest.run(line);
        if (!result.ok()) {
            throw new IllegalStateException(line + "\n" + result.output() + "\n" + log());
        }
        return result.output();
    }

    /** What its agent has said. */
    String log() {
        return guest.run("cat /agent.log").output();
    }

    /** Starts the agent and waits until containers can be joined. */
    void startAgent(String api, String token) {
        Wait.until("an address by DHCP", () -> !guest.addresses().isEmpty());
        done("mkdir -p /run/netns && printf 'containers.api.url = " + api + "\\ncontainers.api.token = " + token
                + "\\n' >/api.properties && chmod 600 /api.properties");
        guest.run(START);
        // The machine's one processor is slow: what asks leaves it to the agent in between.
        done("for i in $(seq 300); do " + request("STATUS", "", "eth0", Map.of())
                + " >/dev/null && break; sleep 2; done");
        Shell.Result status = cni("STATUS", "", "eth0", Map.of());
        if (!status.ok()) {
            throw new IllegalStateException(status.output() + log());
        }
    }

    /** Ends the agent as {@code kill -9} does, and starts it again. */
    void restartAgent(String api, String token) {
        done("kill -9 $(cat /agent.pid)");
        startAgent(api, token);
    }

    /** Asks the CNI executable as a runtime does. */
    Shell.Result cni(String verb, String pod, String interfaceName, Map<String, ?> more) {
        return guest.run(request(verb, pod, interfaceName, more) + "; status=$?; echo; (exit $status)");
    }

    /** @param more members of the configuration, and {@code CNI_ARGS}, which is a variable */
    private static String request(String verb, String pod, String interfaceName, Map<String, ?> more) {
        Map<String, Object> configuration = new HashMap<>(more);
        Object arguments = configuration.remove("CNI_ARGS");
        configuration.put("cniVersion", "1.1.0");
        configuration.put("name", "pods");
        configuration.put("type", "weft");
        return "echo '" + JSON.writeValueAsString(configuration) + "' | CNI_COMMAND=" + verb
                + " CNI_CONTAINERID=" + pod + " CNI_NETNS=/run/netns/" + pod + " CNI_IFNAME=" + interfaceName
                + (arguments == null ? "" : " CNI_ARGS='" + arguments + "'")
                + " CNI_PATH=/opt/cni/bin /opt/cni/bin/weft";
    }

    /** Makes a pod, a namespace that is joined by ADD, as a runtime does: what is not in time is asked for again. */
    Pod pod(String name, Map<String, ?> configuration) {
        done("touch /run/netns/" + name + " && unshare --net=/run/netns/" + name + " ip link set lo up");
        return new Pod(this, name, add(name, configuration));
    }

    JsonNode add(String pod, Map<String, ?> configuration) {
        return Wait.until(pod + " to be joined", SLOW, () -> {
            Shell.Result added = cni("ADD", pod, "eth0", configuration);
            JsonNode answer = JSON.readTree(added.output());
            if (!added.ok() && answer.path("code").asInt() != 11) {
                throw new IllegalStateException(added.output() + log());
            }
            return added.ok() ? Optional.of(answer) : Optional.empty();
        });
    }

    /** A pod of a machine. */
    record Pod(Nested machine, String name, JsonNode result) implements Matrix.Prober {
        /** Runs a line in the pod. */
        Shell.Result run(String line) {
            return machine.guest.run("nsenter --net=/run/netns/" + name + " sh -c \"" + line + "\"");
        }

        /** Its addresses without the lengths of their prefixes. */
        List<String> addresses() {
            List<String> addresses = new ArrayList<>();
            result.get("ips")
                    .forEach(ip -> addresses.add(ip.get("address").asString().split("/", 2)[0]));
            return addresses;
        }

        String address() {
            return addresses().getFirst();
        }

        @Override
        public boolean pings(String address) {
            return run("ping -c 3 -W 1 " + address).output().contains("bytes from " + address);
        }

        @Override
        public String sends(String address, Duration patience) {
            return Workload.arrivedAt(run(Workload.sendCommand(address, Workload.COUNTER, patience)));
        }

        /** Starts the service that counts what it is sent and answers with the pod's name. */
        void serve() {
            run("socat -t 30 TCP6-LISTEN:" + Workload.COUNTER + ",fork,reuseaddr,ipv6only=0 'SYSTEM:echo " + name
                    + " \\$(wc -c)' >/dev/null 2>&1 &");
            Wait.until(name + " to listen", () -> run("netstat -ltn").output().contains(":" + Workload.COUNTER));
        }

        /** Ends it as a runtime does: DEL, then the namespace. */
        void end() {
            Shell.Result deleted = machine.cni("DEL", name, "eth0", Map.of());
            if (!deleted.ok()) {
                throw new IllegalStateException(deleted.output() + machine.log());
            }
            machine.done("umount /run/netns/" + name + " && rm /run/netns/" + name);
        }
    }
}
