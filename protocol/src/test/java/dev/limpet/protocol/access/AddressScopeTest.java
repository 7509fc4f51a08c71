package dev.limpet.protocol.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressScopeTest {
  @ParameterizedTest
  @CsvSource({
    "93.184.216.34, PUBLIC",
    "172.15.255.255, PUBLIC",
    "172.32.0.0, PUBLIC",
    "100.63.255.255, PUBLIC",
    "100.128.0.0, PUBLIC",
    "2606:4700::1, PUBLIC",
    "64:ff9b::5db8:d822, PUBLIC",
    "2002:5db8:d822::1, PUBLIC",
    "10.1.2.3, PRIVATE",
    "172.16.0.1, PRIVATE",
    "172.31.255.255, PRIVATE",
    "192.168.1.7, PRIVATE",
    "100.64.0.1, PRIVATE",
    "100.127.255.255, PRIVATE",
    "192.0.0.8, PRIVATE",
    "198.19.255.255, PRIVATE",
    "::ffff:10.0.0.1, PRIVATE",
    "::10.0.0.1, PRIVATE",
    "64:ff9b::a00:1, PRIVATE",
    "2002:c0a8:107::1, PRIVATE",
    "fd12:3456::1, PRIVATE",
    "fec0::1, PRIVATE",
    "127.0.0.1, LOOPBACK",
    "127.255.0.9, LOOPBACK",
    "::1, LOOPBACK",
    "::ffff:127.0.0.1, LOOPBACK",
    "64:ff9b::7f00:1, LOOPBACK",
    "2002:7f00:1::1, LOOPBACK",
    "169.254.169.254, LINK",
    "::ffff:169.254.169.254, LINK",
    "64:ff9b::a9fe:a9fe, LINK",
    "fe80::1, LINK",
    "100.100.100.200, LINK",
    "192.0.0.192, LINK",
    "168.63.129.16, LINK",
    "fd00:ec2::254, LINK",
    "fd00:ec2::254%1, LINK",
    "fd20:ce::254, LINK",
    "0.0.0.0, NOWHERE",
    "0.1.2.3, NOWHERE",
    "224.0.0.1, NOWHERE",
    "240.0.0.1, NOWHERE",
    "255.255.255.255, NOWHERE",
    "::, NOWHERE",
    "ff02::1, NOWHERE",
    "2001::1, NOWHERE",
    "64:ff9b:1::1, NOWHERE",
    "100::1, NOWHERE",
  })
  void an_address_reaches_as_far_as_what_it_stands_for(String literal, AddressScope scope) {
    assertEquals(scope, AddressScope.of(InetAddress.ofLiteral(literal)));
  }
}
