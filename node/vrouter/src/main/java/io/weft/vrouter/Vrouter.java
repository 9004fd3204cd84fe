package io.weft.vrouter;

import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A loaded data path. Everything in the kernel is pinned: tables, programs' links and what was learned outlive this
 * object and its process, and loading again from the same directory takes them over without a lost packet.
 *
 * <p>Tables may be filled from any thread, each by one writer; attaching and detaching belong to one thread.
 */
public interface Vrouter extends AutoCloseable {
    /**
     * Loads the programs of this build and makes the tables, or takes over those that are pinned. What is attached runs
     * the programs that it ran before until it is attached again; but where they keep connections in another layout than
     * this build, all that is attached runs this build's programs, and has its connections, when this returns.
     *
     * @throws io.weft.kernel.KernelException when the kernel refuses a program or a table
     */
    static Vrouter load(Configuration configuration) {
        return KernelVrouter.load(configuration);
    }

    /** The tables that the programs obey. */
    Tables tables();

    /** The connections that stateful rules let in. */
    Connections connections();

    /**
     * Sends what the workload behind a device sends through the programs; attaching again replaces the programs in place
     * with those of this build. Until the device stands in {@link Tables#ports} everything it sends is dropped. The device
     * must have no addresses of its own on the host's side.
     *
     * @param ifindex a veth on the host's side, or a tap
     */
    void attachWorkload(int ifindex);

    /** Takes tunnelled packets off a device towards other nodes. All else that arrives there goes on as before. */
    void attachUplink(int ifindex);

    /** Takes over what the collect-metadata VXLAN device receives. */
    void attachTunnelDevice(int ifindex);

    /** Takes over what leaves the service namespace by the pair whose host's end this is. */
    void attachService(int ifindex);

    /**
     * Takes from a device what comes in for the addresses of {@link Tables#externalAddresses}, once it stands in
     * {@link Tables#externalDevices}; all else that arrives there goes on to the host. One device is either this or an uplink.
     */
    void attachExternal(int ifindex);

    /**
     * Makes an end of a veth pair return what arrives there to the device that it came from, or send it on to where it was
     * going. The other end is a port's {@link QosLimits#shaper}, or one of {@link AddressLimits}, and its qdisc decides when.
     */
    void attachShaper(int ifindex);

    /** Removes the programs from a device; one that has none, or is gone, is no error. */
    void detach(int ifindex);

    /** The devices that have programs, also those that a former process attached; a device may be gone by now. */
    Set<Integer> attached();

    /**
     * The counters of a port.
     *
     * @param port {@link Port#number}; 0 counts what no port can be blamed for, such as packets from strangers' tunnels
     */
    PortCounters counters(int port);

    /** Sets the counters of a port to zero, as before its number is given to another. */
    void clearCounters(int port);

    /**
     * How often a rule has given the verdict. A connection is judged at its first packet and once more for each epoch of
     * its rule set; what no connection is kept for is judged at each packet.
     *
     * @param rule {@link PolicyVerdict#rule}
     */
    long ruleHits(int rule);

    /** Sets the hits of a rule to zero, as before its number is given to another. */
    void clearRuleHits(int rule);

    /**
     * Calls back for each event, on one thread of its own, in order, until closed. Events of before are read first. One
     * listener at a time.
     */
    AutoCloseable listen(Consumer<VrouterEvent> listener);

    /**
     * Loads a second instance of the programs, which explains what they do with a packet. It must be closed before this
     * object is.
     *
     * @throws io.weft.kernel.KernelException when the kernel refuses it
     */
    Tracer tracer();

    /**
     * Gets ready to watch what the workload behind a device sends: another instance of the programs forwards for the device meanwhile,
     * over the same tables, and keeps what it decided about the packets that the filter asks for. No packet is lost when it
     * comes and goes, and other devices know nothing of it. It must be closed before this object is; when this process ends
     * without, it watches nothing after its time, and the next process replaces it as it does all programs.
     *
     * @param ifindex a device of {@link #attachWorkload}
     * @param most how many packets are kept
     * @param time how long to watch
     * @throws IllegalStateException when the device runs other programs than those of this object, or is watched already
     * @throws io.weft.kernel.KernelException when the kernel refuses it
     */
    LiveTrace watchWorkload(int ifindex, LiveTrace.Filter filter, int most, Duration time);

    /**
     * Gets ready to watch what arrives by the tunnel, in the same way.
     *
     * @param uplink a device of {@link #attachUplink}
     * @param tunnelDevice a device of {@link #attachTunnelDevice}
     */
    LiveTrace watchTunnel(int uplink, int tunnelDevice, LiveTrace.Filter filter, int most, Duration time);

    /** Lets go of the kernel's objects; packets are forwarded on. */
    @Override
    void close();
}
