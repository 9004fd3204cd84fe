package io.weft.agent.attach;

/** Answers what the CNI executable hands on. */
public interface ContainerRequests {
    /** Where the executable asks. */
    String PATH = "/v1/cni";

    /** Does what a request asks for; the body is the environment and the network configuration. */
    LocalSocket.Answer answer(byte[] body);
}
