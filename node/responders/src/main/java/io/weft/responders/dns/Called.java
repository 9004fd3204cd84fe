package io.weft.responders.dns;

/**
 * What an address is called.
 *
 * @param name its port's name, relative and in lower case; empty for the one that follows from the address
 * @param domain the domain in which it is named in place of its network's own; complete, possibly empty
 */
public record Called(String name, String domain) {}
