// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The library is linked without libstdc++: of the C++ library it has the headers alone, and here is what those call out
// of line. libstdc++'s own objects may bring its exception runtime along (a pool of 73 kB allocated with malloc in every
// process, thread-local storage, symbols that only new versions of glibc have), and which of them do changes from
// release to release. What a later header calls beyond this, the linker names as undefined, with the object that asked.
#include "shim/arena.h"

#include <charconv>
#include <cstddef>
#include <map>
#include <memory>
#include <new>
#include <string>

// Its members that the headers declare and libstdc++ defines.
template class std::basic_string<char>;

namespace std {

// What throws: there is nothing to catch it, so the work in the arena ends.

void __throw_length_error(const char*)
{
    kashim::shim::leave_arena();
}

void __throw_logic_error(const char*)
{
    kashim::shim::leave_arena();
}

void __throw_out_of_range_fmt(const char*, ...)
{
    kashim::shim::leave_arena();
}

void __throw_bad_alloc()
{
    kashim::shim::leave_arena();
}

void __throw_bad_array_new_length()
{
    kashim::shim::leave_arena();
}

// Asked by make_shared's destructor side, where there is no RTTI.
bool _Sp_make_shared_tag::_S_eq(const type_info&) noexcept
{
    return false;
}

// How toml++ reads a number with a fraction. No key takes one, so its value does not matter: the message quotes the text.
from_chars_result from_chars(const char*, const char* last, double& value, chars_format) noexcept
{
    value = 0;
    return {last, errc()};
}

// std::map, in which toml++ keeps tables: a red-black tree whose header node has the root as parent, the first node as
// left, the last node as right, and is red (bits/stl_tree.h).

namespace {

using Node = _Rb_tree_node_base;

Node* neighbour(Node* node, Node* Node::*near, Node* Node::*far)
{
    if (node->*far != nullptr) {
        for (node = node->*far; node->*near != nullptr;)
            node = node->*near;
        return node;
    }
    Node* parent = node->_M_parent;
    while (node == parent->*far) {
        node = parent;
        parent = parent->_M_parent;
    }
    // Where the root has nothing on that side, the climb ends one step beyond the header.
    return node->*far == parent ? node : parent;
}

// The child on the far side takes the node's place, and the node becomes its child on the near side.
void rotate(Node* node, Node* Node::*near, Node* Node::*far, Node*& root)
{
    Node* const child = node->*far;
    node->*far = child->*near;
    if (child->*near != nullptr)
        (child->*near)->_M_parent = node;
    child->_M_parent = node->_M_parent;
    if (node == root)
        root = child;
    else if (node == node->_M_parent->_M_left)
        node->_M_parent->_M_left = child;
    else
        node->_M_parent->_M_right = child;
    child->*near = node;
    node->_M_parent = child;
}

}  // namespace

Node* _Rb_tree_increment(Node* node) noexcept
{
    return neighbour(node, &Node::_M_left, &Node::_M_right);
}

const Node* _Rb_tree_increment(const Node* node) noexcept
{
    return _Rb_tree_increment(const_cast<Node*>(node));
}

Node* _Rb_tree_decrement(Node* node) noexcept
{
    // From the header to the last node.
    if (node->_M_color == _S_red && node->_M_parent->_M_parent == node)
        return node->_M_right;
    return neighbour(node, &Node::_M_right, &Node::_M_left);
}

const Node* _Rb_tree_decrement(const Node* node) noexcept
{
    return _Rb_tree_decrement(const_cast<Node*>(node));
}

void _Rb_tree_insert_and_rebalance(const bool left, Node* node, Node* parent, Node& header) noexcept
{
    node->_M_parent = parent;
    node->_M_left = node->_M_right = nullptr;
    node->_M_color = _S_red;
    if (parent == &header) {
        header._M_parent = header._M_left = header._M_right = node;
    } else if (left) {
        parent->_M_left = node;
        if (parent == header._M_left)
            header._M_left = node;
    } else {
        parent->_M_right = node;
        if (parent == header._M_right)
            header._M_right = node;
    }

    Node*& root = header._M_parent;
    while (node != root && node->_M_parent->_M_color == _S_red) {
        Node* const grandparent = node->_M_parent->_M_parent;
        const bool on_left = node->_M_parent == grandparent->_M_left;
        Node* Node::*const near = on_left ? &Node::_M_left : &Node::_M_right;
        Node* Node::*const far = on_left ? &Node::_M_right : &Node::_M_left;
        Node* const uncle = grandparent->*far;
        if (uncle != nullptr && uncle->_M_color == _S_red) {
            node->_M_parent->_M_color = uncle->_M_color = _S_black;
            grandparent->_M_color = _S_red;
            node = grandparent;
            continue;
        }
        if (node == node->_M_parent->*far) {
            node = node->_M_parent;
            rotate(node, near, far, root);
        }
        node->_M_parent->_M_color = _S_black;
        grandparent->_M_color = _S_red;
        rotate(grandparent, far, near, root);
    }
    root->_M_color = _S_black;
}

}  // namespace std

// std::shared_ptr asks whether it must count atomically; glibc has the answer since 2.32 only. What we count is counted
// in the constructor, by one thread.
extern "C" {

// In the table of an abstract class whose object is being made.
__attribute__((visibility("hidden"))) void __cxa_pure_virtual()
{
    kashim::shim::leave_arena();
}

extern char __libc_single_threaded;
__attribute__((visibility("hidden"))) char __libc_single_threaded = 1;
}
